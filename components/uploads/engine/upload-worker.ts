import { ConnectionError, RefusedError, type SendProgress, send } from '@/lib/uploads/client/sending'
import { TUS_VERSION, uploadMetadata } from '@/lib/uploads/protocol'
import { BlobSource, fingerprintOf } from './blob-source'
import type { FromWorker, Stall, ToWorker, UploadJob } from './engine-messages'
import { askServer, refusalOf } from './upload-request'

const UPLOADS = '/api/uploads'
const TELL_EVERY_MS = 200

/**
 * Sends one file to its end, away from the page, which must stay smooth while hashes are computed. The page ends the
 * whole worker to pause it.
 */
const { signal } = new AbortController()
let wake = () => {}

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'wake') wake()
  else work(data.job).then(tell, (error: unknown) => tell(endOf(error)))
})

function tell(message: FromWorker): void {
  self.postMessage(message)
}

async function work(job: UploadJob): Promise<FromWorker> {
  const { file } = job
  const fingerprint = await fingerprintOf(file)
  if (job.fingerprint !== null && job.fingerprint !== fingerprint) return { kind: 'otherFile' }
  const path = job.path ?? (await begin(job, fingerprint))
  if (path === undefined) return { kind: 'unavailable' }
  tell({ kind: 'begun', path, fingerprint })
  const source = await BlobSource.open(file, job.hash ?? undefined)
  const sent = await send<Blob>({
    source,
    ask: (method, headers, body, onLeft) =>
      askServer(path, { method, headers, body: method === 'PATCH' ? body : undefined, onLeft, signal }),
    refusal: refusalOf,
    // A session that is over comes back when its owner signs in again, in whatever tab.
    passingStatuses: [401],
    pause,
    report: reporter(),
    onTaken: async (offsetBytes) => tell({ kind: 'taken', offsetBytes, hash: source.saved() ?? null }),
    signal,
  })
  return { kind: 'sent', ...sent }
}

/** The address of a new upload; undefined where there are none. */
async function begin(job: UploadJob, fingerprint: string): Promise<string | undefined> {
  const metadata = uploadMetadata({
    image_id: job.imageId,
    filename: job.file.name,
    fingerprint,
    ...(job.storeIds.length > 0 && { stores: job.storeIds.join(',') }),
    ...(job.allStores && { all_stores: 'true' }),
    ...(!job.allStoresMustSucceed && { all_stores_must_succeed: 'false' }),
  })
  const headers = { 'Tus-Resumable': TUS_VERSION, 'Upload-Length': String(job.file.size), 'Upload-Metadata': metadata }
  const answer = await askServer(UPLOADS, { method: 'POST', headers, signal })
  if (answer.status === 201) return answer.headers.location
  if (answer.status === 404 && (await askServer(UPLOADS, { method: 'OPTIONS', signal })).status === 404) {
    return undefined
  }
  throw refusalOf(answer)
}

function reporter(): (progress: SendProgress) => void {
  let last: SendProgress['phase'] | undefined
  let lastStall: Stall | null = null
  let toldAt = 0
  return ({ phase, offsetBytes, leavingBytes, holeBytes, error }) => {
    const stall = error === undefined ? null : stallOf(error)
    const at = performance.now()
    if (phase === last && stall === lastStall && at - toldAt < TELL_EVERY_MS) return
    last = phase
    lastStall = stall
    toldAt = at
    tell({ kind: 'progress', phase, sentBytes: offsetBytes + leavingBytes, holeBytes, stall })
  }
}

function stallOf(error: unknown): Stall {
  if (!(error instanceof RefusedError)) return 'network'
  return error.status === 401 ? 'session' : 'server'
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}

function endOf(error: unknown): FromWorker {
  if (error instanceof RefusedError) {
    return { kind: 'failed', status: error.status, message: error.message, requestId: error.requestId ?? null }
  }
  if (error instanceof ConnectionError) return { kind: 'failed', status: 0, message: '', requestId: null }
  return { kind: 'unreadable' }
}
