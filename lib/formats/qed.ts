import { hasMagic } from './bytes'
import type { FormatParser } from './format-parser'

/** Recognised only to be refused: nobody can use it. */
export const qed: FormatParser = {
  format: 'qed',
  read({ header: { bytes } }) {
    if (!hasMagic(bytes, 0, 'QED\0')) return undefined
    const findings = [{ check: 'banned', reason: 'the format is not allowed' }]
    return { virtualSizeBytes: null, findings, details: {} }
  },
}
