import { readableAs } from '@/lib/formats/convertible'
import type { Inspection } from '@/lib/formats/inspector'
import { judge } from '@/lib/formats/judge'
import { verdictTexts } from './verdict-messages'

/** What this service accepts, and how strictly it compares content with claim. */
export interface FormatRules {
  readonly disk: readonly string[]
  readonly container: readonly string[]
  readonly requireMatch: boolean
  readonly gptNonFatalChecks: readonly string[]
  readonly vmdkAllowedTypes: readonly string[]
  /** what an import unpacks and converts to; neither where bytes go straight to their store */
  readonly decompresses: boolean
  readonly convertsTo: string | null
}

/** The rules for bytes that go straight to their store. */
export function withoutImport(rules: FormatRules): FormatRules {
  return { ...rules, decompresses: false, convertsTo: null }
}

/** What the image record says of its data; null as long as it says nothing. */
export interface Claim {
  readonly diskFormat: string | null
  readonly containerFormat: string | null
}

export interface Verdict {
  readonly tone: 'ok' | 'warn' | 'danger'
  readonly title: string
  readonly text?: string
  /** Formats under which the same file is right; null when the claim is right already, or nothing would help. */
  readonly fix: Claim | null
  /** The claim says something else than the content does, and this service would not mind. */
  readonly contradicts?: boolean
}

const texts = verdictTexts
const compressions: readonly string[] = ['gzip', 'xz', 'zstd', 'bzip2', 'zip']

/** What the server will say to a file under a claim: the same judgement, before a byte is sent. Advice, never trust. */
export function verdictOf(inspection: Inspection, claim: Claim, fileName: string, rules: FormatRules): Verdict {
  if (inspection.sizeBytes === 0) return { tone: 'danger', title: texts.empty, text: texts.emptyText, fix: null }
  const better = suggestClaim(inspection, fileName, rules)
  const fix = better !== null && !isSame(better, claim) && isAccepted(inspection, better, rules) ? better : null
  const content = describeContent(inspection)
  if (claim.diskFormat === null || claim.containerFormat === null) {
    return { tone: 'warn', title: texts.is(content), text: texts.noClaim, fix }
  }
  if (isUnpacked(inspection, claim, rules)) {
    return { tone: 'ok', title: texts.is(content), text: texts.unpacked(claim.diskFormat), fix: null }
  }
  const unreadable = unreadableBy(rules.convertsTo, inspection, claim)
  if (unreadable !== undefined) {
    return { tone: 'danger', title: texts.unconvertible(content), text: unreadable, fix }
  }
  const judged = judgeClaim(inspection, claim.diskFormat, claim.containerFormat, rules)
  if (!judged.ok) {
    const reasons = inspection.safety.map(({ reason }) => reason)
    if (fix !== null || reasons.length === 0) {
      return { tone: 'danger', title: texts.isNot(content, claim.diskFormat), text: texts.refused, fix }
    }
    return { tone: 'danger', title: texts.unsafe(content), text: texts.unsafeText(reasons.join('; ')), fix: null }
  }
  if (claim.containerFormat !== 'bare') return wrappedVerdict(inspection, claim.containerFormat, content)
  if (fix !== null && fix.diskFormat !== claim.diskFormat) {
    return {
      tone: 'warn',
      title: texts.isNot(content, claim.diskFormat),
      text: texts.misread(claim.diskFormat),
      fix,
      contradicts: true,
    }
  }
  if (inspection.wrapper !== null && inspection.wrapper !== 'parallels') {
    return { tone: 'warn', title: texts.is(content), text: texts.wrapped, fix }
  }
  if (inspection.format === 'raw' && inspection.wrapper === null && inspection.details.vhd === undefined) {
    return { tone: 'warn', title: texts.unknown, text: texts.unknownText, fix: null }
  }
  return { tone: 'ok', title: texts.is(content), fix: null }
}

/** Whether the service unpacks a file on its way to the stores. */
export function isUnpacked({ wrapper }: Inspection, claim: Claim, rules: FormatRules): boolean {
  return rules.decompresses && compressions.includes(wrapper ?? '') && claim.containerFormat !== 'compressed'
}

/** What keeps an import from reading the data to convert it; undefined when nothing does. */
function unreadableBy(convertsTo: string | null, inspection: Inspection, claim: Claim): string | undefined {
  if (convertsTo === null || (inspection.format === 'iso' && claim.diskFormat === 'iso')) return undefined
  const isReadable = readableAs(inspection, claim.diskFormat ?? '') !== undefined
  return isReadable ? undefined : texts.unconvertibleText(convertsTo)
}

function wrappedVerdict(inspection: Inspection, containerFormat: string, content: string): Verdict {
  const isCompressed = compressions.includes(inspection.wrapper ?? '')
  if (containerFormat === 'compressed' && isCompressed) {
    return { tone: 'warn', title: texts.is(content), text: texts.compressed, fix: null }
  }
  const fits = containerFormat === 'ova' && inspection.wrapper === 'tar'
  return { tone: fits ? 'ok' : 'warn', title: texts.is(content), text: texts.notChecked(containerFormat), fix: null }
}

/**
 * The formats a file should be registered with, by its content; its name only tells an appliance from another archive,
 * and what a compressed file holds. null when the content is several things at once.
 */
export function suggestClaim(inspection: Inspection, fileName: string, rules: FormatRules): Claim | null {
  const { wrapper, format } = inspection
  if (format === 'ambiguous') return null
  const isKnown = (claim: { readonly diskFormat: string; readonly containerFormat: string }) =>
    rules.disk.includes(claim.diskFormat) && rules.container.includes(claim.containerFormat) ? claim : null
  if (wrapper === 'tar' && /\.ova$/i.test(fileName)) return isKnown({ diskFormat: 'vmdk', containerFormat: 'ova' })
  if (wrapper !== null && compressions.includes(wrapper)) {
    const inner = extensionOf(fileName.replace(/\.[a-z0-9]+$/i, ''))
    const diskFormat = rules.disk.includes(inner) ? inner : 'raw'
    if (rules.decompresses) return isKnown({ diskFormat, containerFormat: 'bare' })
    return isKnown({ diskFormat, containerFormat: 'compressed' })
  }
  if (wrapper === 'parallels') return isKnown({ diskFormat: 'ploop', containerFormat: 'bare' })
  return isKnown({ diskFormat: rules.disk.includes(format) ? format : 'raw', containerFormat: 'bare' })
}

/** What a person would call the content. */
export function describeContent({ format, matches, wrapper, details }: Inspection): string {
  if (format === 'ambiguous') return texts.several(matches.join(', '))
  if (wrapper !== null) return texts.wrappers[wrapper]
  if (format === 'qcow2') return texts.versioned(format, details.qcow2?.version)
  if (format === 'vmdk') {
    if (details.vmdk?.isDescriptorOnly) return texts.vmdkDescriptor
    const subformat = details.vmdk?.subformat
    return subformat ? `vmdk, ${subformat}` : 'vmdk'
  }
  if (format === 'vhd') return details.vhd === undefined ? 'vhd' : `vhd, ${details.vhd.kind}`
  if (format === 'luks') return texts.versioned('LUKS', details.luks?.version)
  if (format === 'gpt') return details.gpt?.guidTableOffsetBytes == null ? texts.rawMbr : texts.rawGpt
  if (format === 'iso') return texts.iso
  if (format === 'raw') return details.vhd?.isFooterOnly ? texts.fixedVhd : texts.raw
  return format
}

function isAccepted(inspection: Inspection, claim: Claim, rules: FormatRules): boolean {
  const { diskFormat, containerFormat } = claim
  if (diskFormat === null || containerFormat === null) return false
  return judgeClaim(inspection, diskFormat, containerFormat, rules).ok
}

function judgeClaim(inspection: Inspection, diskFormat: string, containerFormat: string, rules: FormatRules) {
  const { requireMatch, gptNonFatalChecks, vmdkAllowedTypes } = rules
  return judge(inspection, { diskFormat, containerFormat, requireMatch, gptNonFatalChecks, vmdkAllowedTypes })
}

function isSame(one: Claim, other: Claim): boolean {
  return one.diskFormat === other.diskFormat && one.containerFormat === other.containerFormat
}

function extensionOf(fileName: string): string {
  return /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? ''
}
