import { CopyButton } from '@/components/ui/copy-text'
import { detailTexts } from './detail-messages'
import { jsonParts } from './json-parts'

export interface JsonViewProps {
  readonly json: string
  readonly label: string
}

const looks = {
  key: 'text-accent',
  text: 'text-text',
  number: 'text-info',
  word: 'text-warn',
  mark: 'text-muted',
} as const

/** JSON as text, with quiet colours. */
export function JsonView({ json, label }: JsonViewProps) {
  return (
    <div className="flex items-start rounded-md border border-line bg-surface">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section aria-label={label} tabIndex={0} className="min-w-0 flex-1 overflow-x-auto rounded-md">
        <pre className="px-3 py-2.5 font-mono text-sm leading-relaxed whitespace-pre-wrap wrap-anywhere">
          <code>
            {jsonParts(json).map(({ kind, text, start }) => (
              <span key={start} className={looks[kind]}>
                {text}
              </span>
            ))}
          </code>
        </pre>
      </section>
      <div className="shrink-0 p-1">
        <CopyButton text={json} label={detailTexts.copyJson} />
      </div>
    </div>
  )
}
