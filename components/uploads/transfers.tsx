'use client'

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { useSession } from '@/components/session/session-provider'
import { whenUsed } from '@/components/ui/lazy-part'
import { uiTexts } from '@/components/ui/messages'
import { useNavigation } from '@/components/ui/navigation'
import { useToast } from '@/components/ui/toast'
import type { BegunUpload, EngineEvents, NewTransfer, UploadEngine } from './engine/upload-engine'
import { readRecords } from './engine/upload-records'
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

const loadEngine = () => import('./engine/upload-engine')
whenUsed(loadEngine)

const TransfersContext = createContext<Transfers | null>(null)

/** Keeps uploads running while the pages below come and go. */
export function TransfersProvider({ children }: { children: ReactNode }) {
  const [list, setList] = useState<readonly Transfer[]>([])
  const [isTrayOpen, setTrayOpen] = useState(false)
  const { refresh } = useNavigation()
  const toast = useToast()
  const latest = useRef({ refresh, toast })
  latest.current = { refresh, toast }
  const { withEngine, wake } = useEngine({
    onChange: setList,
    onEnded: (transfer) => tellEnd(transfer, latest.current),
    onMissing: () => toast({ kind: 'error', title: uiTexts.unreachable }),
  })

  useEffect(() => {
    void readRecords().then(async (records) => {
      if (records.length > 0 && (await withEngine((engine) => engine.open()))) setTrayOpen(true)
    })
    window.addEventListener('online', wake)
    window.addEventListener('focus', wake)
    return () => {
      window.removeEventListener('online', wake)
      window.removeEventListener('focus', wake)
    }
  }, [withEngine, wake])

  const { check, returns } = useSession()
  const isStalled = list.some(({ stall }) => stall === 'session')
  useEffect(() => {
    if (isStalled) void check()
  }, [isStalled, check])
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the session is back
  useEffect(() => wake(), [returns, wake])

  useLeavePrompt(list.some(({ state }) => isSending(state)))
  useProgressInTitle(list)

  const value = useMemo<Transfers>(
    () => ({
      list,
      isTrayOpen,
      setTrayOpen,
      start: (transfer) => {
        void withEngine((engine) => engine.start(transfer))
        setTrayOpen(true)
      },
      goOn: (upload, file) => {
        void withEngine((engine) => engine.goOn(upload, file))
        setTrayOpen(true)
      },
      giveFile: (imageId, file) => void withEngine((engine) => engine.giveFile(imageId, file)),
      resumeKept: (imageId) => {
        void withEngine((engine) => engine.resumeKept(imageId))
        setTrayOpen(true)
      },
      pause: (imageId) => void withEngine((engine) => engine.pause(imageId)),
      resume: (imageId) => void withEngine((engine) => engine.resume(imageId)),
      cancel: async (imageId) => {
        await withEngine((engine) => engine.cancel(imageId))
        latest.current.refresh()
      },
      endBegun: async (upload) => withEngine((engine) => engine.endBegun(upload)),
      dismiss: (imageId) => void withEngine((engine) => engine.dismiss(imageId)),
    }),
    [list, isTrayOpen, withEngine],
  )
  return <TransfersContext value={value}>{children}</TransfersContext>
}

interface EngineUse extends EngineEvents {
  /** Its scripts did not come. */
  onMissing(): void
}

/** The engine is loaded and made when it is first needed. */
function useEngine(events: EngineUse) {
  const latest = useRef(events)
  latest.current = events
  const made = useRef<Promise<UploadEngine> | null>(null)
  useEffect(
    () => () => {
      void made.current?.then((engine) => engine.close())
      made.current = null
    },
    [],
  )
  const wake = useCallback(() => void made.current?.then((engine) => engine.wake()), [])
  const withEngine = useCallback(async <T,>(use: (engine: UploadEngine) => T | Promise<T>): Promise<T | undefined> => {
    made.current ??= loadEngine().then(
      ({ UploadEngine }) =>
        new UploadEngine({
          onChange: (list) => latest.current.onChange(list),
          onEnded: (transfer) => latest.current.onEnded(transfer),
        }),
    )
    const engine = await made.current.catch(() => null)
    if (engine !== null) return await use(engine)
    made.current = null
    latest.current.onMissing()
    return undefined
  }, [])
  return { withEngine, wake }
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
