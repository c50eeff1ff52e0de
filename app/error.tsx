'use client'

import { type ErrorBoundaryProps, ErrorPanel } from './error-panel'

export default function RootError(props: ErrorBoundaryProps) {
  return (
    <main className="grid min-h-dvh place-items-center">
      <ErrorPanel {...props} />
    </main>
  )
}
