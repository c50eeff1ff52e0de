import { TUS_VERSION } from '@/lib/uploads/protocol'
import { fileOfKept, handleOf } from '../file-handles'
import { uploadTexts } from '../messages'
import { isSending, SpeedMeter, type Transfer } from '../transfer'
import type { FromWorker, ToWorker, UploadJob } from './engine-messages'
import { sendWhole } from './send-whole'
import { serverUploads } from './server-uploads'
import { lockedUploads, lockUpload } from './upload-locks'
import { readRecords, removeRecord, type UploadRecord, writeRecord } from './upload-records'
import { askServer } from './upload-request'

const AT_ONCE = 2
const FOLLOW_MS = 1_000
const LOOK_ELSEWHERE_MS = 2_000

export interface NewTransfer {
  readonly imageId: string
  readonly name: string
  readonly file: File
  /** the default store when absent */
  readonly storeIds?: readonly string[]
  readonly allStores?: boolean
  /** whether the first store that fails ends it; true when absent */
  readonly allStoresMustSucceed?: boolean
}

/** An upload that was begun earlier, in whatever place. */
export interface BegunUpload {
  readonly imageId: string
  readonly name: string
  /** its address at this server */
  readonly path: string
  readonly sizeBytes: number
  readonly offsetBytes: number
  readonly fingerprint: string | null
}

interface Entry {
  transfer: Transfer
  job: Omit<UploadJob, 'file'>
  file: File | null
  /** of the file that it was begun with, from an earlier page */
  handle: FileSystemFileHandle | null
  worker: Worker | null
  meter: SpeedMeter
  unlock: () => void
  /** ends what is not a worker's */
  stop: AbortController
}

export interface EngineEvents {
  onChange(list: readonly Transfer[]): void
  onEnded(transfer: Transfer): void
}

/**
 * All uploads of one tab. What one is about is kept in the browser and at the server, so that it goes on after a reload;
 * each is sent by a worker of its own, two at a time.
 */
export class UploadEngine {
  readonly #entries = new Map<string, Entry>()
  #isClosed = false

  constructor(private readonly events: EngineEvents) {}

  /** Finds what earlier pages have left unfinished; whether there is any. */
  async open(): Promise<boolean> {
    const records = await readRecords()
    if (records.length === 0) return false
    const uploads = await serverUploads().catch(() => undefined)
    const locked = await lockedUploads()
    for (const record of records) {
      const upload = uploads?.find(({ url }) => url === record.path)
      // What the server does not name may be another user's of this browser.
      if (upload?.state !== 'open' || this.#entries.has(record.imageId)) continue
      const isElsewhere = locked.has(record.imageId)
      this.#add(entryOf(record, upload.offset, isElsewhere ? 'elsewhere' : 'needsFile'))
      if (isElsewhere) void this.#lookElsewhere(record.imageId)
    }
    return this.#entries.size > 0
  }

  close(): void {
    this.#isClosed = true
    for (const entry of this.#entries.values()) this.#halt(entry)
  }

  start({ imageId, name, file, storeIds = [], allStores = false, allStoresMustSucceed = true }: NewTransfer): void {
    this.#halt(this.#entries.get(imageId))
    const job = { imageId, path: null, fingerprint: null, hash: null, storeIds, allStores, allStoresMustSucceed }
    this.#add({ ...blank({ imageId, name, totalBytes: file.size }), job, file })
    this.#pump()
  }

  /** Goes on with what was begun earlier, with the file that it was begun with. */
  goOn(begun: BegunUpload, file: File): void {
    const { imageId, name, path, fingerprint, sizeBytes, offsetBytes } = begun
    const known = this.#entries.get(imageId)
    if (known !== undefined && (known.worker !== null || known.transfer.state === 'elsewhere')) return
    if (known?.job.path !== path) {
      const job = { ...newJob(imageId), path, fingerprint }
      this.#add({ ...blank({ imageId, name, totalBytes: sizeBytes, sentBytes: offsetBytes }), job, file: null })
    }
    this.giveFile(imageId, file)
  }

  giveFile(imageId: string, file: File): void {
    const entry = this.#entries.get(imageId)
    if (entry === undefined) return
    const { totalBytes } = entry.transfer
    if (file.size !== totalBytes) {
      this.#needFile(entry, uploadTexts.otherFile.size(file.size, totalBytes))
      return
    }
    entry.file = file
    this.#change(entry, { state: 'waiting', reason: null })
    this.#pump()
  }

  /** Goes on with the file that the browser gives again; where it does not, the person must choose it. */
  async resumeKept(imageId: string): Promise<void> {
    const entry = this.#entries.get(imageId)
    if (entry === undefined || entry.handle === null) return
    const found = await fileOfKept(entry.handle)
    if (entry.transfer.state !== 'needsFile') return
    if (typeof found === 'string') this.#needFile(entry, uploadTexts.kept[found])
    else this.giveFile(imageId, found)
  }

  pause(imageId: string): void {
    const entry = this.#entries.get(imageId)
    if (entry === undefined || !(isSending(entry.transfer.state) || entry.transfer.state === 'waiting')) return
    this.#halt(entry)
    this.#change(entry, { state: 'paused', stall: null, bytesPerSecond: null })
    this.#pump()
  }

  /** Goes on after a pause, or tries again after a failure. */
  resume(imageId: string): void {
    const entry = this.#entries.get(imageId)
    if (entry === undefined) return
    this.#change(entry, { state: entry.file === null ? 'needsFile' : 'waiting', reason: null, requestId: null })
    this.#pump()
  }

  /** Throws the sent bytes away; the image is queued again. */
  async cancel(imageId: string): Promise<void> {
    const entry = this.#entries.get(imageId)
    if (entry === undefined) return
    this.#halt(entry)
    const { path } = entry.job
    entry.job = newJob(imageId)
    this.#change(entry, { state: 'cancelled', sentBytes: 0, bytesPerSecond: null })
    await removeRecord(imageId)
    this.#pump()
    if (path !== null) await endUpload(path)
  }

  /** Ends what was begun in whatever place. */
  async endBegun({ imageId, path }: BegunUpload): Promise<void> {
    const isHere = this.#entries.get(imageId)?.job.path === path
    if (isHere) await this.cancel(imageId)
    else await endUpload(path)
    if (isHere) this.dismiss(imageId)
  }

  dismiss(imageId: string): void {
    this.#halt(this.#entries.get(imageId))
    this.#entries.delete(imageId)
    this.#tell()
  }

  /** There may be a connection again, or a session. */
  wake(): void {
    for (const { worker } of this.#entries.values()) if (worker !== null) post(worker, { kind: 'wake' })
  }

  /** Starts the oldest waiting upload as soon as there is room. */
  #pump(): void {
    if (this.#isClosed) return
    const entries = [...this.#entries.values()]
    const running = entries.filter(({ transfer }) => isSending(transfer.state)).length
    const next = entries.find(({ transfer, file }) => transfer.state === 'waiting' && file !== null)
    if (next === undefined || running >= AT_ONCE) return
    void this.#run(next)
    this.#pump()
  }

  async #run(entry: Entry): Promise<void> {
    const { file, job } = entry
    if (file === null) return
    this.#change(entry, { state: 'checking', sentBytes: 0, stall: null, reason: null, requestId: null })
    const unlock = await lockUpload(job.imageId)
    if (unlock === undefined) {
      this.#change(entry, { state: 'elsewhere' })
      void this.#lookElsewhere(job.imageId)
      return
    }
    entry.unlock = unlock
    const worker = new Worker(new URL('./upload-worker.ts', import.meta.url), { type: 'module' })
    entry.worker = worker
    entry.meter = new SpeedMeter(performance.now(), entry.transfer.sentBytes)
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (entry.worker === worker) this.#hear(entry, data)
    }
    worker.onerror = () => this.#fail(entry, uploadTexts.failed, null)
    post(worker, { kind: 'send', job: { ...job, file } })
  }

  #hear(entry: Entry, message: FromWorker): void {
    const { transfer } = entry
    switch (message.kind) {
      case 'begun':
        entry.job = { ...entry.job, path: message.path, fingerprint: message.fingerprint }
        this.#keep(entry, transfer.sentBytes)
        return
      case 'progress':
        this.#progress(entry, message)
        return
      case 'taken':
        entry.job = { ...entry.job, hash: message.hash }
        this.#keep(entry, message.offsetBytes)
        return
      case 'sent':
        this.#halt(entry)
        void removeRecord(transfer.imageId)
        this.#change(entry, {
          state: 'finishing',
          sentBytes: transfer.totalBytes,
          holeBytes: message.holeBytes,
          sha512: message.sha512,
        })
        void this.#follow(entry)
        this.#pump()
        return
      case 'unavailable':
        this.#halt(entry)
        void this.#sendWhole(entry)
        return
      case 'otherFile':
      case 'unreadable':
        this.#halt(entry)
        this.#needFile(entry, message.kind === 'otherFile' ? uploadTexts.otherFile.content : uploadTexts.unreadable)
        this.#pump()
        return
      case 'failed':
        this.#refused(entry, message)
    }
  }

  /** The person must choose it: what the browser had was not it. */
  #needFile(entry: Entry, reason: string): void {
    entry.file = null
    entry.handle = null
    this.#change(entry, { state: 'needsFile', hasKeptFile: false, reason })
  }

  #progress(entry: Entry, message: Extract<FromWorker, { kind: 'progress' }>): void {
    const { phase, sentBytes, holeBytes, stall } = message
    const isBegun = phase === 'sending' && entry.transfer.state === 'checking'
    if (isBegun) entry.meter = new SpeedMeter(performance.now(), sentBytes)
    const speed = phase === 'sending' ? entry.meter.read(sentBytes, performance.now()) : null
    const state = phase === 'waiting' ? 'stalled' : phase
    this.#change(entry, { state, sentBytes, holeBytes, stall, bytesPerSecond: speed })
  }

  #refused(entry: Entry, { status, message, requestId }: Extract<FromWorker, { kind: 'failed' }>): void {
    const isGone = entry.job.path !== null && (status === 404 || status === 410)
    // What is left of it at the server is over; another try begins anew.
    if (entry.job.path !== null) {
      entry.job = { ...entry.job, path: null, hash: null }
      void removeRecord(entry.transfer.imageId)
    }
    const words = status === 0 ? uploadTexts.stalled.network : message || uploadTexts.refused(status)
    this.#fail(entry, isGone ? uploadTexts.gone : words, requestId)
  }

  #fail(entry: Entry, reason: string, requestId: string | null): void {
    this.#halt(entry)
    this.#change(entry, { state: 'failed', reason, requestId, bytesPerSecond: null })
    this.events.onEnded(entry.transfer)
    this.#pump()
  }

  /** In one request, where the server takes no pieces. */
  async #sendWhole(entry: Entry): Promise<void> {
    const { file, stop } = entry
    if (file === null) return
    this.#change(entry, { state: 'sending', sentBytes: 0 })
    const result = await sendWhole(entry.transfer.imageId, {
      file,
      storeId: entry.job.storeIds[0],
      signal: stop.signal,
      onProgress: (sentBytes) =>
        this.#change(entry, {
          state: sentBytes === file.size ? 'finishing' : 'sending',
          sentBytes,
          bytesPerSecond: entry.meter.read(sentBytes, performance.now()),
        }),
    })
    if (stop.signal.aborted) return
    if (result !== null) return this.#fail(entry, result.reason, result.requestId)
    this.#change(entry, { state: 'done', sentBytes: file.size })
    this.events.onEnded(entry.transfer)
    this.#pump()
  }

  /** Until the server has made an image of the bytes. */
  async #follow(entry: Entry): Promise<void> {
    const { imageId } = entry.transfer
    const isHere = () => this.#entries.get(imageId) === entry && entry.transfer.state === 'finishing'
    while (isHere() && !this.#isClosed) {
      const found = await serverUploads(imageId).catch(() => undefined)
      const upload = found?.[0]
      if (!isHere()) return
      if (upload?.image_status === 'active') {
        this.#change(entry, { state: 'done' })
        this.events.onEnded(entry.transfer)
        return
      }
      const isOver = found !== undefined && (upload === undefined || upload.image_status === 'queued')
      if (isOver) {
        entry.job = { ...entry.job, path: null, hash: null }
        return this.#fail(
          entry,
          upload?.failure?.message || uploadTexts.importFailed,
          upload?.failure?.request_id ?? null,
        )
      }
      await later(FOLLOW_MS)
    }
  }

  /** Until the tab that sends it is done, or gone. */
  async #lookElsewhere(imageId: string): Promise<void> {
    for (;;) {
      await later(LOOK_ELSEWHERE_MS)
      const entry = this.#entries.get(imageId)
      if (this.#isClosed || entry?.transfer.state !== 'elsewhere') return
      const record = (await readRecords()).find((one) => one.imageId === imageId)
      if ((await lockedUploads()).has(imageId)) {
        if (record !== undefined) this.#change(entry, { sentBytes: record.offsetBytes })
        continue
      }
      if (record === undefined) return this.dismiss(imageId)
      entry.job = { ...entry.job, path: record.path, fingerprint: record.fingerprint, hash: record.hash }
      entry.handle = record.handle ?? null
      this.#change(entry, { state: 'needsFile', hasKeptFile: entry.handle !== null, sentBytes: record.offsetBytes })
      return
    }
  }

  #keep({ transfer, job, file, handle }: Entry, offsetBytes: number): void {
    if (job.path === null || job.fingerprint === null) return
    void writeRecord({
      imageId: transfer.imageId,
      path: job.path,
      name: transfer.name,
      fileName: file?.name ?? '',
      sizeBytes: transfer.totalBytes,
      fingerprint: job.fingerprint,
      offsetBytes,
      hash: job.hash,
      handle: (file && handleOf(file)) ?? handle,
      writtenAt: Date.now(),
    })
  }

  #halt(entry: Entry | undefined): void {
    entry?.worker?.terminate()
    entry?.stop.abort()
    entry?.unlock()
    if (entry === undefined) return
    entry.worker = null
    entry.stop = new AbortController()
    entry.unlock = () => {}
  }

  /** The newest comes first. */
  #add(entry: Entry): void {
    this.#entries.delete(entry.transfer.imageId)
    this.#entries.set(entry.transfer.imageId, entry)
    this.#tell()
  }

  #change(entry: Entry, change: Partial<Transfer>): void {
    entry.transfer = { ...entry.transfer, ...change }
    this.#tell()
  }

  #tell(): void {
    if (this.#isClosed) return
    this.events.onChange([...this.#entries.values()].map(({ transfer }) => transfer).toReversed())
  }
}

function newJob(imageId: string): Entry['job'] {
  return {
    imageId,
    path: null,
    fingerprint: null,
    hash: null,
    storeIds: [],
    allStores: false,
    allStoresMustSucceed: true,
  }
}

function blank(known: Pick<Transfer, 'imageId' | 'name' | 'totalBytes'> & Partial<Transfer>): Entry {
  return {
    transfer: {
      sentBytes: 0,
      state: 'waiting',
      stall: null,
      holeBytes: 0,
      bytesPerSecond: null,
      sha512: null,
      hasKeptFile: false,
      reason: null,
      requestId: null,
      ...known,
    },
    job: newJob(known.imageId),
    file: null,
    handle: null,
    worker: null,
    meter: new SpeedMeter(0),
    unlock: () => {},
    stop: new AbortController(),
  }
}

function entryOf(record: UploadRecord, sentBytes: number, state: 'needsFile' | 'elsewhere'): Entry {
  const { imageId, name, path, fingerprint, hash, sizeBytes, handle = null } = record
  return {
    ...blank({ imageId, name, totalBytes: sizeBytes, sentBytes, state, hasKeptFile: handle !== null }),
    handle,
    job: { ...newJob(imageId), path, fingerprint, hash },
  }
}

/** One that cannot be ended now ends by itself when its time is over. */
async function endUpload(path: string): Promise<void> {
  const headers = { 'Tus-Resumable': TUS_VERSION }
  await askServer(path, { method: 'DELETE', headers, signal: new AbortController().signal }).catch(() => {})
}

function post(worker: Worker, message: ToWorker): void {
  worker.postMessage(message)
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
