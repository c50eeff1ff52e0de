import { Capture, type CapturedImage, type RegionRequest, TAIL_BYTES, TailCapture } from './captures'
import type { DetectedFormat, FormatDetails, FormatParser, SafetyFinding } from './format-parser'
import { gpt } from './gpt'
import { iso } from './iso'
import { luks } from './luks'
import { qcow2 } from './qcow2'
import { qed } from './qed'
import { vdi } from './vdi'
import { fixedVhd, vhd } from './vhd'
import { vhdx } from './vhdx'
import { vmdk } from './vmdk'
import { findWrapper, type Wrapper } from './wrappers'

/** The order in which several matches are named. */
const parsers: readonly FormatParser[] = [qcow2, qed, vhd, vhdx, vmdk, vdi, iso, gpt, luks]

const fixedRegions: readonly RegionRequest[] = [
  { name: 'header', start: 0, lengthBytes: 512, decidesFormat: true },
  { name: 'sector512', start: 512, lengthBytes: 8 },
  { name: 'sector2048', start: 2048, lengthBytes: 8 },
  { name: 'sector4096', start: 4096, lengthBytes: 8 },
  { name: 'volumeDescriptor', start: 32 * 1024, lengthBytes: 132, decidesFormat: true },
]

export interface Inspection {
  readonly sizeBytes: number
  readonly matches: readonly DetectedFormat[]
  /** `iso` also for an ISO that boots as a disk; `ambiguous` for any other set of several matches. */
  readonly format: DetectedFormat | 'raw' | 'ambiguous'
  /** null when the content does not tell, or tells zero or more than a number can hold */
  readonly virtualSizeBytes: number | null
  /** Why contents of the matched formats must not be stored; empty when they may. */
  readonly safety: readonly SafetyFinding[]
  readonly details: FormatDetails
  /** Something around the image that makes it count as raw, such as compression. */
  readonly wrapper: Wrapper | null
}

/**
 * Looks at an image while it passes. Keeps copies of a few small places, never the chunks, at most 200 KiB in all.
 * The result does not depend on how the image was cut into chunks.
 */
export interface FormatInspector {
  push(chunk: Uint8Array): void
  /** Passes over bytes that the caller does not show; formats that would need them stay unrecognised. */
  skip(lengthBytes: number): void
  /** The next place worth showing, for callers that can choose; undefined when only the end is still of interest. */
  nextWanted(): { readonly start: number; readonly end: number } | undefined
  /** What is sure already: undefined until the matches are, then with the findings made so far, but no sizes. */
  soFar(): Inspection | undefined
  /** To be called once, when all bytes were pushed or skipped. */
  finish(): Inspection
}

export function createFormatInspector(): FormatInspector {
  const captures = new Map(fixedRegions.map((request) => [request.name, new Capture(request)]))
  const tail = new TailCapture()
  let pending = [...captures.values()]
  let position = 0
  let sure: Inspection | undefined

  const image = (end?: CapturedImage['end']): CapturedImage => ({
    header: captures.get('header') ?? new Capture({ name: 'header', start: 0, lengthBytes: 512 }),
    get: (name) => captures.get(name),
    end,
  })
  const request = (wanted: RegionRequest, after: number): void => {
    if (captures.has(wanted.name)) return
    const isAhead = wanted.start >= after
    const capture = new Capture(isAhead ? wanted : { ...wanted, lengthBytes: 0 })
    captures.set(wanted.name, capture)
    if (isAhead) pending.push(capture)
  }
  const capture = (chunk: Uint8Array): void => {
    for (;;) {
      for (const region of pending) region.take(chunk, position)
      const complete = pending.filter((region) => region.isComplete).sort((one, other) => one.end - other.end)
      if (complete.length === 0) return
      sure = undefined
      pending = pending.filter((region) => !region.isComplete)
      for (const region of complete) {
        for (const { wants } of parsers) for (const wanted of wants?.(image()) ?? []) request(wanted, region.end)
      }
    }
  }

  return {
    push(chunk) {
      if (pending.length > 0) capture(chunk)
      tail.push(chunk)
      position += chunk.byteLength
    },
    skip(lengthBytes) {
      if (lengthBytes <= 0) return
      position += lengthBytes
      const isMissed = (region: Capture) => region.nextPosition < position
      if (pending.some(isMissed)) sure = undefined
      pending = pending.filter((region) => !isMissed(region))
      tail.clear()
    },
    nextWanted() {
      const next = pending.reduce<Capture | undefined>(
        (first, region) => (first && first.nextPosition <= region.nextPosition ? first : region),
        undefined,
      )
      return next && { start: next.nextPosition, end: next.end }
    },
    soFar() {
      if (pending.some((region) => region.decidesFormat)) return undefined
      sure ??= readImage(image(), position)
      return sure
    },
    finish() {
      return readImage(image({ sizeBytes: position, tail: tail.bytes }), position)
    },
  }
}

/** One read for what nearly all formats need. */
const FIRST_SLICE_BYTES = 64 * 1024

/** The same inspection for an image that can be read anywhere, such as a file in a browser, by a few short reads. */
export async function inspectSlices(
  sizeBytes: number,
  read: (start: number, end: number) => Promise<Uint8Array>,
): Promise<Inspection> {
  const inspector = createFormatInspector()
  let position = 0
  const show = async (start: number, end: number): Promise<void> => {
    inspector.skip(start - position)
    inspector.push(await read(start, end))
    position = end
  }
  await show(0, Math.min(FIRST_SLICE_BYTES, sizeBytes))
  for (let next = inspector.nextWanted(); next && next.start < sizeBytes; next = inspector.nextWanted()) {
    await show(next.start, Math.min(next.end, sizeBytes))
  }
  if (position < sizeBytes) await show(Math.max(position, sizeBytes - TAIL_BYTES), sizeBytes)
  return inspector.finish()
}

function readImage(image: CapturedImage, sizeBytes: number): Inspection {
  const found = parsers.flatMap((parser) => {
    const reading = parser.read(image)
    return reading ? [{ format: parser.format, reading }] : []
  })
  const matches = found.map(({ format }) => format)
  const format = chooseFormat(matches)
  const footer = format === 'raw' && image.end ? fixedVhd(image.end.tail) : undefined
  return {
    sizeBytes,
    matches,
    format,
    virtualSizeBytes:
      format === 'raw'
        ? image.end?.sizeBytes || null
        : (found.find((one) => one.format === format)?.reading.virtualSizeBytes ?? null),
    safety: found.flatMap(({ format, reading }) => reading.findings.map((finding) => ({ format, ...finding }))),
    details: Object.assign({}, footer && { vhd: footer }, ...found.map(({ reading }) => reading.details)),
    wrapper: findWrapper(image.header.bytes),
  }
}

function chooseFormat(matches: readonly DetectedFormat[]): Inspection['format'] {
  const [first, ...others] = matches
  if (first === undefined) return 'raw'
  if (others.length === 0) return first
  const isBootableIso = matches.length === 2 && matches.includes('iso') && matches.includes('gpt')
  return isBootableIso ? 'iso' : 'ambiguous'
}
