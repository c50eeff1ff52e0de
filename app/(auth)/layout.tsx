import type { ReactNode } from 'react'
import { Logo } from '@/components/shell/logo'

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="grid min-h-dvh content-start justify-items-center bg-surface px-4 pt-[12dvh] pb-8">
      <div className="mb-6">
        <Logo />
      </div>
      <div className="w-full max-w-sm rounded-lg border border-line bg-bg p-5 sm:p-6">{children}</div>
    </main>
  )
}
