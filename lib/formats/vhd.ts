import { hasMagic, knownSize, u32be, u64be } from './bytes'
import type { FormatParser, VhdDetails } from './format-parser'

const FOOTER_BYTES = 512

/** Dynamic disks only: those repeat their footer at the start. */
export const vhd: FormatParser = {
  format: 'vhd',
  read({ header: { bytes } }) {
    if (!isVhdFooter(bytes)) return undefined
    const details = { vhd: { ...readFooter(bytes), isFooterOnly: false } }
    return { virtualSizeBytes: knownSize(u64be(bytes, 40)), findings: [], details }
  },
}

/** What the last bytes of an image tell if it is a fixed disk. */
export function fixedVhd(tail: Uint8Array): VhdDetails | undefined {
  const footer = tail.subarray(Math.max(0, tail.byteLength - FOOTER_BYTES))
  return isVhdFooter(footer) ? { ...readFooter(footer), isFooterOnly: true } : undefined
}

function isVhdFooter(bytes: Uint8Array): boolean {
  return hasMagic(bytes, 0, 'conectix')
}

function readFooter(footer: Uint8Array): Omit<VhdDetails, 'isFooterOnly'> {
  const kinds = { 2: 'fixed', 3: 'dynamic', 4: 'differencing' } as const
  const type = u32be(footer, 60)
  const kind = type === 2 || type === 3 || type === 4 ? kinds[type] : 'unknown'
  return { kind, currentSizeBytes: knownSize(u64be(footer, 48)) }
}
