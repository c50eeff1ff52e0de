'use client'

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { useNavigation } from '@/components/ui/navigation'
import { useToast } from '@/components/ui/toast'
import { uploadTexts } from './messages'
import { sendFile } from './send-file'
import { isUnfinished, SpeedMeter, type Transfer } from './transfer'

const parallelUploads = 2

export interface NewTransfer {
  readonly imageId: string
  readonly name: string
  readonly file: File
}

export interface Transfers {
  readonly list: readonly Transfer[]
  readonly isTrayOpen: boolean
  setTrayOpen(isOpen: boolean): void
  start(transfer: NewTransfer): void
  /** Throws the sent bytes away; the image stays queued. */
  cancel(imageId: string): void
  retry(imageId: string): void
  dismiss(imageId: string): void
}

const TransfersContext = createContext<Transfers | null>(null)

/** Keeps uploads running while the pages below come and go. */
export function TransfersProvider({ children }: { children: ReactNode }) {
  const [list, setList] = useState<readonly Transfer[]>([])
  const [isTrayOpen, setTrayOpen] = useState(false)
  const files = useRef(new Map<string, NewTransfer>())
  const aborts = useRef(new Map<string, AbortController>())
  const { refresh } = useNavigation()
  const toast = useToast()

  const change = useCallback((imageId: string, patch: Partial<Transfer>) => {
    setList((old) => old.map((transfer) => (transfer.imageId === imageId ? { ...transfer, ...patch } : transfer)))
  }, [])

  const send = useCallback(
    async (job: NewTransfer) => {
      const abort = new AbortController()
      aborts.current.set(job.imageId, abort)
      const meter = new SpeedMeter(performance.now())
      change(job.imageId, { state: 'sending', sentBytes: 0, reason: null, requestId: null, bytesPerSecond: null })
      try {
        const result = await sendFile({
          url: `/api/ui/images/${encodeURIComponent(job.imageId)}/file`,
          file: job.file,
          signal: abort.signal,
          onProgress: (sentBytes) =>
            change(job.imageId, { sentBytes, bytesPerSecond: meter.read(sentBytes, performance.now()) }),
          onSent: () => change(job.imageId, { state: 'finishing', sentBytes: job.file.size }),
        })
        if (result.ok) {
          files.current.delete(job.imageId)
          change(job.imageId, { state: 'done', sentBytes: job.file.size })
          toast({ kind: 'ok', title: uploadTexts.doneToast(job.name) })
        } else {
          change(job.imageId, { state: 'failed', reason: result.reason, requestId: result.requestId })
          toast({ kind: 'error', title: uploadTexts.failedToast(job.name), text: result.reason })
        }
      } catch {
        change(job.imageId, { state: 'cancelled' })
      }
      aborts.current.delete(job.imageId)
      refresh()
    },
    [change, refresh, toast],
  )

  useNextInQueue(list, files.current, send)
  useLeavePrompt(list.some(isUnfinished))
  useProgressInTitle(list)

  const value = useMemo<Transfers>(() => {
    const enqueue = (job: NewTransfer) => {
      files.current.set(job.imageId, job)
      setList((old) => [waiting(job), ...old.filter((transfer) => transfer.imageId !== job.imageId)])
      setTrayOpen(true)
    }
    return {
      list,
      isTrayOpen,
      setTrayOpen,
      start: enqueue,
      retry: (imageId) => {
        const job = files.current.get(imageId)
        if (job !== undefined) enqueue(job)
      },
      cancel: (imageId) => {
        const running = aborts.current.get(imageId)
        if (running === undefined) change(imageId, { state: 'cancelled' })
        else running.abort()
      },
      dismiss: (imageId) => {
        files.current.delete(imageId)
        setList((old) => old.filter((transfer) => transfer.imageId !== imageId))
      },
    }
  }, [list, isTrayOpen, change])

  return <TransfersContext value={value}>{children}</TransfersContext>
}

export function useTransfers(): Transfers {
  const transfers = useContext(TransfersContext)
  if (transfers === null) throw new Error('useTransfers needs a TransfersProvider above it')
  return transfers
}

function waiting(job: NewTransfer): Transfer {
  return {
    imageId: job.imageId,
    name: job.name,
    totalBytes: job.file.size,
    sentBytes: 0,
    state: 'waiting',
    bytesPerSecond: null,
    reason: null,
    requestId: null,
  }
}

/** Starts the oldest waiting upload as soon as one of the lanes is free. */
function useNextInQueue(
  list: readonly Transfer[],
  files: ReadonlyMap<string, NewTransfer>,
  send: (job: NewTransfer) => Promise<void>,
): void {
  useEffect(() => {
    const running = list.filter((transfer) => transfer.state === 'sending' || transfer.state === 'finishing').length
    const next = list.findLast((transfer) => transfer.state === 'waiting')
    const job = next && files.get(next.imageId)
    if (job !== undefined && running < parallelUploads) void send(job)
  }, [list, files, send])
}

function useLeavePrompt(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [isNeeded])
}

function useProgressInTitle(list: readonly Transfer[]): void {
  const running = list.filter(isUnfinished)
  const total = running.reduce((sum, transfer) => sum + transfer.totalBytes, 0)
  const sent = running.reduce((sum, transfer) => sum + transfer.sentBytes, 0)
  const percent = total === 0 ? null : Math.floor((sent / total) * 100)
  useEffect(() => {
    if (percent === null) return
    const before = document.title
    document.title = uploadTexts.title(percent)
    return () => {
      if (document.title === uploadTexts.title(percent)) document.title = before
    }
  }, [percent])
}
