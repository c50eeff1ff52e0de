import { hasMagic, knownSize, u16be, u32be } from './bytes'
import type { FormatParser } from './format-parser'

const SECTOR_BYTES = 512

/** The header alone: what is encrypted inside cannot be judged. */
export const luks: FormatParser = {
  format: 'luks',
  read({ header: { bytes }, end }) {
    if (!hasMagic(bytes, 0, 'LUKS\xba\xbe')) return undefined
    const version = u16be(bytes, 6)
    const findings = version === 1 ? [] : [{ check: 'version', reason: `unsupported version ${version}` }]
    const payloadBytes = (end?.sizeBytes ?? 0) - u32be(bytes, 104) * SECTOR_BYTES
    return { virtualSizeBytes: knownSize(payloadBytes), findings, details: { luks: { version } } }
  },
}
