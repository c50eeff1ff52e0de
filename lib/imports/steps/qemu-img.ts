import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { apiError } from '@/lib/errors/api-error'
import type { ReadableFormat } from '@/lib/formats/convertible'
import { type RunningProgram, startProgram } from './program'

export type OutputFormat = 'raw' | 'qcow2' | 'vmdk'

const INFO_CPU_SECONDS = 2

const infoSchema = z.object({
  format: z.string(),
  'virtual-size': z.number().int().nonnegative(),
  'backing-filename': z.string().optional(),
  'format-specific': z.object({ data: z.looseObject({ 'data-file': z.string().optional() }) }).optional(),
})

/**
 * The size of the disk in an open image file. Throws `format_refused` when the program finds it damaged or of another
 * format, or complains of anything, or when the image refers to another file. Source: images.md 8.7, steps 5 and 7.
 */
export async function virtualSizeOf(fd: number, format: ReadableFormat): Promise<number> {
  const command = ['qemu-img', 'info', '--output=json', imageOf(format)] as const
  const program = startProgram([...command], { files: [fd], cpuSeconds: INFO_CPU_SECONDS })
  const [output, complaints] = await Promise.all([text(program.stdout), program.ended])
  const parsed = infoSchema.safeParse(parsedJson(output))
  if (complaints !== '' || !parsed.success) throw refused('qemu-img cannot say what the image is')
  const { data } = parsed
  if (data.format !== driverOf(format)) throw refused(`The image is ${data.format}, not ${format}`)
  const dataFile = data['format-specific']?.data['data-file']
  if (data['backing-filename'] !== undefined || dataFile !== undefined)
    throw refused('The image refers to another file')
  return data['virtual-size']
}

const checkable: readonly ReadableFormat[] = ['qcow2', 'vmdk', 'vdi', 'vhdx']
/** What it says when clusters are lost, which readers do not notice. */
const LEAKS_ONLY = 3

/** Throws `format_refused` for an image whose tables lead nowhere: converting would read zeros there. */
export async function refuseDamaged(fd: number, format: ReadableFormat, signal: AbortSignal): Promise<void> {
  if (!checkable.includes(format)) return
  const program = startProgram(['qemu-img', 'check', imageOf(format)], { files: [fd], goodCodes: [LEAKS_ONLY] })
  program.stdout.resume()
  await endedOrKilled(program, signal)
}

export interface Conversion {
  readonly sourceFd: number
  readonly sourceFormat: ReadableFormat
  /** an empty file */
  readonly targetFd: number
  readonly targetFormat: OutputFormat
  readonly targetBytesMax: number
  readonly signal: AbortSignal
  readonly onProgress: (percent: number) => void
}

/** Converts one open file into another. When this settles, nothing writes any more. Throws `format_refused`. */
export async function convertImage(conversion: Conversion): Promise<void> {
  const { sourceFd, sourceFormat, targetFd, targetFormat, targetBytesMax, signal, onProgress } = conversion
  const command = ['qemu-img', 'convert', '-p', '-O', targetFormat, imageOf(sourceFormat), fileOf(1)] as const
  const limits = Number.isFinite(targetBytesMax) ? { fileBytes: targetBytesMax } : {}
  const program = startProgram([...command], { files: [sourceFd, targetFd], ...limits })
  program.stdout.setEncoding('latin1').on('data', (chunk: string) => {
    const percent = /.*\(\s*([\d.]+)\/100%\)/s.exec(chunk)?.[1]
    if (percent !== undefined) onProgress(Number(percent))
  })
  await endedOrKilled(program, signal)
}

async function endedOrKilled(program: RunningProgram, signal: AbortSignal): Promise<void> {
  const onAbort = () => program.kill()
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) program.kill()
  try {
    await program.ended
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Names format and protocol, so that nothing is guessed from the content, and says that nothing lies behind it. */
function imageOf(format: ReadableFormat): string {
  const file = { driver: 'file', filename: fileOf(0) }
  return `json:${JSON.stringify({ driver: driverOf(format), file, backing: null })}`
}

/** A path that gives the program an open file of its own, and neighbours only to be had by numbers. */
function fileOf(index: number): string {
  return `/proc/self/fd/${3 + index}`
}

function driverOf(format: ReadableFormat): string {
  return format === 'vhd' ? 'vpc' : format
}

function parsedJson(output: string): unknown {
  try {
    return JSON.parse(output)
  } catch {
    return undefined
  }
}

function refused(reason: string) {
  return apiError('format_refused', { public: `${reason}.` })
}
