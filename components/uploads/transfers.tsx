'use client'

import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { useSession } from '@/components/session/session-provider'
import { useNavigation } from '@/components/ui/navigation'
import { useToast } from '@/components/ui/toast'
import { type BegunUpload, type NewTransfer, UploadEngine } from './engine/upload-engine'
import { uploadTexts } from './messages'
import { isSending, isUnfinished, type Transfer } from './transfer'

export type { BegunUpload, NewTransfer }

export interface Transfers {
  readonly list: readonly Transfer[]
  readonly isTrayOpen: boolean
  setTrayOpen(isOpen: boolean): void
  start(transfer: NewTransfer): void
  /** Goes on with an upload that was begun earlier, here or elsewhere. */
  goOn(upload: BegunUpload, file: File): void
  /** The file of an upload that waits for it. */
  giveFile(imageId: string, file: File): void
  /** Goes on with the file that the browser gives again; see `hasKeptFile`. */
  resumeKept(imageId: string): void
  pause(imageId: string): void
  resume(imageId: string): void
  /** Throws the sent bytes away; the image stays queued. */
  cancel(imageId: string): Promise<void>
  /** Ends an upload that was begun earlier; its bytes go and the image is queued again. */
  endBegun(upload: BegunUpload): Promise<void>
  dismiss(imageId: string): void
}

const TransfersContext = createContext<Transfers | null>(null)

/** Keeps uploads running while the pages below come and go. */
export function TransfersProvider({ children }: { children: ReactNode }) {
  const [list, setList] = useState<readonly Transfer[]>([])
  const [isTrayOpen, setTrayOpen] = useState(false)
  const { refresh } = useNavigation()
  const toast = useToast()
  const latest = useRef({ refresh, toast })
  latest.current = { refresh, toast }
  const engine = useRef<UploadEngine | null>(null)

  useEffect(() => {
    const made = new UploadEngine({ onChange: setList, onEnded: (transfer) => tellEnd(transfer, latest.current) })
    engine.current = made
    void made.open().then((hasSome) => {
      if (hasSome) setTrayOpen(true)
    })
    const wake = () => made.wake()
    window.addEventListener('online', wake)
    window.addEventListener('focus', wake)
    return () => {
      window.removeEventListener('online', wake)
      window.removeEventListener('focus', wake)
      made.close()
    }
  }, [])

  const { check, returns } = useSession()
  const isStalled = list.some(({ stall }) => stall === 'session')
  useEffect(() => {
    if (isStalled) void check()
  }, [isStalled, check])
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the session is back
  useEffect(() => engine.current?.wake(), [returns])

  useLeavePrompt(list.some(({ state }) => isSending(state)))
  useProgressInTitle(list)

  const value = useMemo<Transfers>(
    () => ({
      list,
      isTrayOpen,
      setTrayOpen,
      start: (transfer) => {
        engine.current?.start(transfer)
        setTrayOpen(true)
      },
      goOn: (upload, file) => {
        engine.current?.goOn(upload, file)
        setTrayOpen(true)
      },
      giveFile: (imageId, file) => engine.current?.giveFile(imageId, file),
      resumeKept: (imageId) => {
        void engine.current?.resumeKept(imageId)
        setTrayOpen(true)
      },
      pause: (imageId) => engine.current?.pause(imageId),
      resume: (imageId) => engine.current?.resume(imageId),
      cancel: async (imageId) => {
        await engine.current?.cancel(imageId)
        latest.current.refresh()
      },
      endBegun: async (upload) => engine.current?.endBegun(upload),
      dismiss: (imageId) => engine.current?.dismiss(imageId),
    }),
    [list, isTrayOpen],
  )
  return <TransfersContext value={value}>{children}</TransfersContext>
}

export function useTransfers(): Transfers {
  const transfers = useContext(TransfersContext)
  if (transfers === null) throw new Error('useTransfers needs a TransfersProvider above it')
  return transfers
}

function tellEnd(
  { state, name, reason }: Transfer,
  { refresh, toast }: { refresh: () => void; toast: ReturnType<typeof useToast> },
): void {
  if (state === 'done') toast({ kind: 'ok', title: uploadTexts.doneToast(name) })
  else toast({ kind: 'error', title: uploadTexts.failedToast(name), ...(reason !== null && { text: reason }) })
  refresh()
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
