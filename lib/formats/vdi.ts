import { knownSize, u32le, u64le } from './bytes'
import type { FormatParser } from './format-parser'

export const vdi: FormatParser = {
  format: 'vdi',
  read({ header: { bytes } }) {
    if (u32le(bytes, 64) !== 0xbeda107f) return undefined
    return { virtualSizeBytes: knownSize(u64le(bytes, 368)), findings: [], details: {} }
  },
}
