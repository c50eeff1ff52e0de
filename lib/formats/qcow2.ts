import { hasMagic, knownSize, u32be, u64be } from './bytes'
import type { FormatParser, FormatReading } from './format-parser'

const EXTERNAL_DATA_FILE = 4
/** Dirty, corrupt, external data file, compression type: what we know to judge. */
const KNOWN_FEATURES = 15

/** Layout: docs/interop/qcow2.txt of QEMU. */
export const qcow2: FormatParser = {
  format: 'qcow2',
  read({ header: { bytes } }) {
    if (!hasMagic(bytes, 0, 'QFI\xfb')) return undefined
    const version = u32be(bytes, 4)
    const hasBackingFile = u64be(bytes, 8) !== 0
    const [featuresHigh, featuresLow] = version === 3 ? [u32be(bytes, 72), u32be(bytes, 76)] : [0, 0]
    const hasDataFile = (featuresLow & EXTERNAL_DATA_FILE) !== 0
    const hasUnknownFeatures = featuresHigh !== 0 || (featuresLow & ~KNOWN_FEATURES) !== 0
    const findings: FormatReading['findings'][number][] = []
    if (version !== 2 && version !== 3) findings.push({ check: 'version', reason: `unsupported version ${version}` })
    if (hasBackingFile) findings.push({ check: 'backing_file', reason: 'the image refers to a backing file' })
    if (hasDataFile) findings.push({ check: 'data_file', reason: 'the image refers to an external data file' })
    if (hasUnknownFeatures) findings.push({ check: 'unknown_features', reason: 'the image needs unknown features' })
    const virtualSizeBytes = knownSize(u64be(bytes, 24))
    return { virtualSizeBytes, findings, details: { qcow2: { version, hasBackingFile, hasDataFile } } }
  },
}
