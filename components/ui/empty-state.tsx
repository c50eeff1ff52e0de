import type { ReactNode } from 'react'

export interface EmptyStateProps {
  readonly icon: ReactNode
  readonly title: string
  readonly text: ReactNode
  readonly actions?: ReactNode
  readonly headingLevel?: 1 | 2
}

export function EmptyState({ icon, title, text, actions, headingLevel = 2 }: EmptyStateProps) {
  const Heading = headingLevel === 1 ? 'h1' : 'h2'
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-4 py-16 text-center">
      <div className="mb-4 grid size-12 place-items-center rounded-lg bg-surface text-muted [&_svg]:size-6">{icon}</div>
      <Heading className="font-semibold text-lg">{title}</Heading>
      <div className="mt-1 text-muted">{text}</div>
      {actions !== undefined && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  )
}
