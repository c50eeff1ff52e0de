import { CopyButton } from '@/components/ui/copy-text'
import { snippetTexts } from './use-messages'

/** Text to be pasted elsewhere, exactly as it is shown. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <div className="flex items-start rounded-md border border-line bg-surface">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section aria-label={label} tabIndex={0} className="min-w-0 flex-1 overflow-x-auto rounded-md">
        <pre className="w-max min-w-full px-3 py-2.5 font-mono text-sm leading-relaxed">
          <code>{code}</code>
        </pre>
      </section>
      <div className="shrink-0 p-1">
        <CopyButton text={code} label={`${snippetTexts.copyCode}: ${label}`} />
      </div>
    </div>
  )
}
