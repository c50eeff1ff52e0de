import { formatBytes, formatCount } from './format'
import { uiTexts } from './messages'

/** A size in IEC units; the exact number shows on hover. */
export function Bytes({ value }: { value: number }) {
  return (
    <span title={uiTexts.bytes(formatCount(value))} className="whitespace-nowrap tabular-nums">
      {formatBytes(value)}
    </span>
  )
}
