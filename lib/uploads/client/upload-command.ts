import { basename, extname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { environment } from '@/lib/config/environment'
import type { Inspection } from '@/lib/formats/inspector'
import { type FormatClaim, judge } from '@/lib/formats/judge'
import { TUS_VERSION, uploadMetadata } from '../protocol'
import { Cloud, refusal } from './cloud'
import { cloudSettings } from './cloud-settings'
import { ImageFile } from './image-file'
import { progressLine, Speed, sizeText } from './progress-line'
import { sendFile } from './send-file'
import { ConnectionError, type SendProgress, type Sent } from './sending'
import { parseUploadOptions, type UploadOptions } from './upload-options'

/** Where a command's words come from and its own go. */
export interface UploadLine {
  readonly words: readonly string[]
  /** A path as whoever called means it. */
  path(text: string): string
  write(text: string): Promise<void>
  /** to standard error */
  complain(text: string): void
  /** undefined when standard error is no terminal */
  readonly columns?: number | undefined
}

const imageSchema = z.looseObject({
  id: z.string(),
  name: z.string().nullable(),
  status: z.string(),
  size: z.number().nullable(),
  disk_format: z.string().nullable(),
  os_hash_algo: z.string().nullable(),
  os_hash_value: z.string().nullable(),
})
const uploadsSchema = z.object({
  uploads: z.array(
    z.object({
      id: z.string(),
      state: z.string(),
      image_id: z.string(),
      image_status: z.string(),
      offset: z.number(),
      length: z.number(),
      metadata: z.record(z.string(), z.string()),
    }),
  ),
})
const tasksSchema = z.object({ tasks: z.array(z.object({ status: z.string(), message: z.string().nullish() })) })
type FoundUpload = z.infer<typeof uploadsSchema>['uploads'][number]

const UPLOADS = '/api/uploads'

/**
 * `glimpse upload FILE`: makes an image of a file, or goes on with what an earlier run of the same command began. Exits
 * with 2 when its words are not understood, and 1 when the image did not come about. Throws what went wrong.
 */
export async function runUpload(line: UploadLine): Promise<0 | 1 | 2> {
  const options = parseUploadOptions(line.words)
  if (options === undefined) return 2
  const variables = environment()
  const { cloud: name } = options
  const settings = cloudSettings(variables, { folder: line.path('.'), ...(name !== undefined && { cloud: name }) })
  const stop = new AbortController()
  const onSignal = () => stop.abort(new Error('stopped; the same command goes on where this one was'))
  process.once('SIGINT', onSignal)
  const file = await ImageFile.open(line.path(options.path))
  try {
    const cloud = await Cloud.open(settings)
    try {
      return await upload(line, options, { cloud, file, signal: stop.signal })
    } finally {
      cloud.close()
    }
  } finally {
    process.off('SIGINT', onSignal)
    await file.close()
  }
}

interface Means {
  readonly cloud: Cloud
  readonly file: ImageFile
  readonly signal: AbortSignal
}

async function upload(line: UploadLine, options: UploadOptions, means: Means): Promise<0 | 1> {
  const { cloud, file, signal } = means
  const formats = formatsFor(options, await file.inspect())
  await requireTus(cloud)
  const fingerprint = `${file.sizeBytes}:${await file.fingerprint()}`
  const found = await findEarlier(cloud, options, { fingerprint, lengthBytes: file.sizeBytes })
  const { uploadId, imageId } = found ?? (await begin(means, options, { formats, fingerprint }))
  const title = options.name ?? stemOf(options.path)
  if (found !== undefined) line.complain(`going on with image ${imageId} at ${sizeText(found.offset)}\n`)
  const meter = meterFor(line, { title, totalBytes: file.sizeBytes, isQuiet: options.isQuiet })
  let sent: Sent
  try {
    sent = await sendFile({ cloud, file, path: `${UPLOADS}/${uploadId}`, report: meter.show, signal })
  } finally {
    meter.end()
  }
  return await conclude(line, options, { ...means, imageId, sent })
}

/** Says so when the content can only be refused, before a byte is sent; the same code decides as at the service. */
function formatsFor({ diskFormat, containerFormat = 'bare' }: UploadOptions, inspection: Inspection) {
  const { format, wrapper } = inspection
  if (containerFormat !== 'bare') return { diskFormat: diskFormat ?? 'raw', containerFormat }
  if (diskFormat === undefined && wrapper !== null) {
    throw new Error(`the file is packed (${wrapper}): unpack it first, or name its formats`)
  }
  const claimed = diskFormat ?? (format === 'gpt' || format === 'ambiguous' ? 'raw' : format)
  const claim: FormatClaim = {
    diskFormat: claimed,
    containerFormat,
    requireMatch: true,
    gptNonFatalChecks: [],
    vmdkAllowedTypes: ['streamOptimized', 'monolithicSparse'],
  }
  const verdict = judge(inspection, claim)
  if (!verdict.ok) {
    const reasons = inspection.safety.map(({ reason }) => reason).join('; ')
    throw new Error(`the service would refuse this file: ${verdict.message}${reasons === '' ? '' : ` (${reasons})`}`)
  }
  return { diskFormat: claimed, containerFormat }
}

async function requireTus(cloud: Cloud): Promise<void> {
  const answer = await cloud.ask(UPLOADS, { method: 'OPTIONS' })
  if (answer.headers['tus-version']?.split(',').includes(TUS_VERSION)) return
  throw new Error('this image service takes no uploads in pieces')
}

interface Wanted {
  readonly fingerprint: string
  readonly lengthBytes: number
}

/** The upload that an earlier run began with this file, wherever that ran. */
async function findEarlier(
  cloud: Cloud,
  { imageId }: UploadOptions,
  { fingerprint, lengthBytes }: Wanted,
): Promise<(FoundUpload & { readonly uploadId: string; readonly imageId: string }) | undefined> {
  const query = imageId === undefined ? '' : `?image_id=${imageId}`
  const { uploads } = uploadsSchema.parse(await cloud.json(`${UPLOADS}${query}`, { method: 'GET' }))
  // One that is finished may still wait for its import.
  const open = uploads.filter(
    ({ state, image_status: status }) => state === 'open' || ['uploading', 'importing'].includes(status),
  )
  const found = open.find(({ metadata, length }) => length === lengthBytes && metadata.fingerprint === fingerprint)
  if (found === undefined && imageId !== undefined && open.length > 0) {
    throw new Error(`image ${imageId} waits for another file`)
  }
  return found && { ...found, uploadId: found.id, imageId: found.image_id }
}

interface Beginning {
  readonly formats: { readonly diskFormat: string; readonly containerFormat: string }
  readonly fingerprint: string
}

async function begin(
  { cloud, file }: Means,
  options: UploadOptions,
  { formats, fingerprint }: Beginning,
): Promise<{ readonly uploadId: string; readonly imageId: string }> {
  const imageId = options.imageId ?? (await createImage(cloud, options, formats))
  const { stores, allStores } = options
  const metadata = uploadMetadata({
    image_id: imageId,
    filename: basename(options.path),
    fingerprint,
    ...(stores.length > 0 && { stores: stores.join(',') }),
    ...(allStores && { all_stores: 'true' }),
  })
  const headers = { 'Tus-Resumable': TUS_VERSION, 'Upload-Length': String(file.sizeBytes), 'Upload-Metadata': metadata }
  const answer = await cloud.ask(UPLOADS, { method: 'POST', headers, body: '' })
  const uploadId = answer.headers.location?.split('/').at(-1)
  if (answer.status === 201 && uploadId !== undefined) return { uploadId, imageId }
  // What nobody can use is not left behind.
  if (options.imageId === undefined) await cloud.ask(`/v2/images/${imageId}`, { method: 'DELETE' }).catch(() => {})
  throw refusal(answer)
}

async function createImage(
  cloud: Cloud,
  { path, name, visibility, tags, properties }: UploadOptions,
  { diskFormat, containerFormat }: Beginning['formats'],
): Promise<string> {
  const image = {
    name: name ?? stemOf(path),
    disk_format: diskFormat,
    container_format: containerFormat,
    tags,
    ...(visibility !== undefined && { visibility }),
    ...properties,
  }
  const headers = { 'Content-Type': 'application/json' }
  const created = await cloud.json('/v2/images', { method: 'POST', headers, body: JSON.stringify(image) }, [201])
  return imageSchema.parse(created).id
}

interface Conclusion extends Means {
  readonly imageId: string
  readonly sent: Sent
}

/** Waits until the service has stored the image, and compares what it has with what the file is. */
async function conclude(line: UploadLine, options: UploadOptions, conclusion: Conclusion): Promise<0 | 1> {
  const { cloud, file, imageId, sent, signal } = conclusion
  if (!options.isQuiet) line.complain('all sent; the service stores it\n')
  for (let pauseMs = 100; ; pauseMs = Math.min(2_000, pauseMs * 2)) {
    const image = await shown(cloud, imageId)
    if (image?.status === 'active') {
      const isSame = image.os_hash_algo === 'sha512' && image.size === file.sizeBytes
      if (isSame && image.os_hash_value !== sent.sha512) {
        line.complain(`image ${imageId} is stored, and its SHA-512 is not that of the file: ${image.os_hash_value}\n`)
        return 1
      }
      if (!options.isQuiet) {
        const compared = isSame ? 'equal to the file' : `stored as ${image.disk_format}; the file was compared before`
        line.complain(`sha512 ${sent.sha512} (${compared})\n`)
        line.complain(`${sizeText(sent.wireBytes)} sent, ${sizeText(sent.holeBytes)} of zeros skipped\n`)
      }
      await line.write(`${imageId}\n`)
      return 0
    }
    if (image !== undefined && !['uploading', 'importing', 'saving'].includes(image.status)) {
      line.complain(`image ${imageId} is ${image.status}: ${await reasonOf(cloud, imageId)}\n`)
      return 1
    }
    await delay(pauseMs, undefined, { signal })
  }
}

/** Undefined while the service is out of reach. */
async function shown(cloud: Cloud, imageId: string) {
  try {
    return imageSchema.parse(await cloud.json(`/v2/images/${imageId}`, { method: 'GET' }))
  } catch (error) {
    if (error instanceof ConnectionError) return undefined
    throw error
  }
}

async function reasonOf(cloud: Cloud, imageId: string): Promise<string> {
  const { tasks } = tasksSchema.parse(await cloud.json(`/v2/images/${imageId}/tasks`, { method: 'GET' }))
  return tasks.at(-1)?.message || 'the import gave no reason'
}

function stemOf(path: string): string {
  return basename(path, extname(path))
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

const REDRAW_MS = 200

function meterFor(
  line: UploadLine,
  { title, totalBytes, isQuiet }: { readonly title: string; readonly totalBytes: number; readonly isQuiet: boolean },
): { show(progress: SendProgress): void; end(): void } {
  const { columns } = line
  const speed = new Speed()
  let drawnAt = 0
  let lastReason = ''
  const draw = ({ phase, offsetBytes, holeBytes, error }: SendProgress) => {
    const reason = error === undefined ? undefined : wordsOf(error)
    const now = performance.now()
    if (phase === 'sending') speed.add(offsetBytes, now)
    if (isQuiet) return
    if (columns === undefined) {
      if (reason !== undefined && reason !== lastReason) line.complain(`waiting: ${reason}\n`)
      lastReason = reason ?? ''
      return
    }
    if (now - drawnAt < REDRAW_MS && offsetBytes < totalBytes) return
    drawnAt = now
    const note = phase === 'checking' ? 'checking what was sent before' : reason && `waiting: ${reason}`
    const state = { name: title, doneBytes: offsetBytes, totalBytes, holeBytes, note }
    line.complain(`\r${progressLine({ ...state, bytesPerSecond: speed.bytesPerSecond }, columns - 1)}\x1b[K`)
  }
  return {
    show: draw,
    end: () => {
      if (!isQuiet && columns !== undefined) line.complain('\n')
    },
  }
}
