import { hasMagic, knownSize, u8, u16le, u32le } from './bytes'
import type { FormatParser } from './format-parser'

const PRIMARY_VOLUME = 1

/** ISO 9660 and UDF, by the first volume descriptor. */
export const iso: FormatParser = {
  format: 'iso',
  read(image) {
    const bytes = image.get('volumeDescriptor')?.bytes ?? new Uint8Array()
    if (!['CD001', 'NSR02', 'NSR03'].some((magic) => hasMagic(bytes, 1, magic))) return undefined
    const isPrimary = u8(bytes, 0) === PRIMARY_VOLUME
    const virtualSizeBytes = isPrimary ? knownSize(u32le(bytes, 80) * u16le(bytes, 128)) : null
    return { virtualSizeBytes, findings: [], details: {} }
  },
}
