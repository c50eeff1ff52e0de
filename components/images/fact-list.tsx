import type { ReactNode } from 'react'
import { LongName } from '@/components/ui/long-name'

export interface Fact {
  readonly label: string
  /** The label is the name of a property, which may be long. */
  readonly isName?: boolean
  readonly value: ReactNode
}

/** A group of facts: names at the left, values beside them. */
export function FactList({ title, facts }: { title: string; facts: readonly Fact[] }) {
  return (
    <section>
      <h2 className="pb-1.5 font-semibold">{title}</h2>
      <Facts facts={facts} />
    </section>
  )
}

/** The same below a heading that stands elsewhere. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="divide-y divide-line border-line border-y">
      {facts.map(({ label, isName, value }) => (
        <div key={label} className="grid min-h-9 grid-cols-[8rem_minmax(0,1fr)] items-center gap-x-3 py-1">
          <dt className="text-muted text-sm wrap-anywhere">{isName ? <LongName name={label} /> : label}</dt>
          <dd className="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
