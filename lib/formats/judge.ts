import type { SafetyFinding } from './format-parser'
import type { FormatInspector, Inspection } from './inspector'

/** What the image record claims, and how strictly the operator takes it. */
export interface FormatClaim {
  readonly diskFormat: string
  readonly containerFormat: string
  /** false turns a mismatch, but no safety failure, into a warning */
  readonly requireMatch: boolean
  /** names of gpt checks that only warn */
  readonly gptNonFatalChecks: readonly string[]
  /** may narrow what is safe, never widen it */
  readonly vmdkAllowedTypes: readonly string[]
}

export type FormatVerdict =
  | { readonly ok: true; readonly virtualSizeBytes: number | null; readonly warning?: string }
  | { readonly ok: false; readonly message: string }

const UNSAFE = 'Image failed safety checks'
const inspectable = ['raw', 'qcow2', 'qed', 'vhd', 'vhdx', 'vmdk', 'vdi', 'iso', 'gpt', 'luks']

/** Whether content may be stored under a claim, and the texts for the client: images.md 12.3 and 12.5. */
export function judge(inspection: Inspection, claim: FormatClaim): FormatVerdict {
  if (claim.containerFormat !== 'bare') return { ok: true, virtualSizeBytes: null }
  const mismatch = findMismatch(inspection, claim.diskFormat)
  if (mismatch !== undefined && claim.requireMatch) return { ok: false, message: mismatch }
  const findings = applicableFindings(inspection, claim)
  const isTolerated = (finding: SafetyFinding) =>
    inspection.format === 'gpt' && claim.gptNonFatalChecks.includes(finding.check)
  if (!findings.every(isTolerated)) return { ok: false, message: UNSAFE }
  const warning = mismatch ?? findings[0]?.reason
  return {
    ok: true,
    virtualSizeBytes: mismatch === undefined ? virtualSize(inspection, claim.diskFormat) : null,
    ...(warning !== undefined && { warning }),
  }
}

/**
 * The message of the verdict as soon as it can only be a refusal, while the image still streams; undefined as long as
 * it may be accepted. Cheap enough to be asked after every chunk.
 */
export function earlyRefusal(inspector: FormatInspector, claim: FormatClaim): string | undefined {
  const sure = inspector.soFar()
  const verdict = sure && judge(sure, claim)
  return verdict?.ok === false ? verdict.message : undefined
}

function findMismatch({ format, matches }: Inspection, diskFormat: string): string | undefined {
  const isSeveralAsRaw = diskFormat === 'raw' && matches.length > 1
  if (format === 'ambiguous' || isSeveralAsRaw) return `Multiple formats detected: ${matches.join(',')}`
  const isUninspectable = format === 'raw' && !inspectable.includes(diskFormat)
  if (format === diskFormat || diskFormat === 'raw' || isUninspectable) return undefined
  return `Image disk_format ${diskFormat} does not match stream data ${format}`
}

/** Those of the one format that was decided on; of all of them when none was. */
function applicableFindings({ format, safety, details }: Inspection, claim: FormatClaim): readonly SafetyFinding[] {
  const findings = safety.filter((finding) => format === 'ambiguous' || finding.format === format)
  const subformat = details.vmdk?.subformat
  if (typeof subformat !== 'string' || claim.vmdkAllowedTypes.some((type) => type.toLowerCase() === subformat)) {
    return findings
  }
  return [...findings, { format: 'vmdk', check: 'allowed_types', reason: `subformat ${subformat} is not allowed here` }]
}

function virtualSize(inspection: Inspection, diskFormat: string): number | null {
  if (inspection.format === diskFormat) return inspection.virtualSizeBytes
  return diskFormat === 'raw' && inspection.sizeBytes > 0 ? inspection.sizeBytes : null
}
