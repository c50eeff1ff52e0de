'use client'

import './globals.css'
import { type ErrorBoundaryProps, ErrorPanel } from './error-panel'
import { appTexts } from './messages'

/** Takes the place of the root layout, so the theme is the device's. */
export default function GlobalError(props: ErrorBoundaryProps) {
  return (
    <html lang="en">
      <body>
        <title>{appTexts.error.title}</title>
        <main className="grid min-h-dvh place-items-center">
          <ErrorPanel {...props} />
        </main>
      </body>
    </html>
  )
}
