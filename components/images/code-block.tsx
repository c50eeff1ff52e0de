import { CopyButton } from '@/components/ui/copy-text'
import { snippetTexts } from './use-messages'

/** Text to be pasted elsewhere, exactly as it is shown. */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <div className="relative rounded-md border border-line bg-surface">
      <div className="absolute top-1 right-1 rounded-md bg-surface">
        <CopyButton text={code} label={`${snippetTexts.copyCode}: ${label}`} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section aria-label={label} tabIndex={0} className="overflow-x-auto rounded-md">
        <pre className="w-max min-w-full py-2.5 pr-12 pl-3 font-mono text-sm leading-relaxed">
          <code>{code}</code>
        </pre>
      </section>
    </div>
  )
}
