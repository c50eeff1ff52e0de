'use client'

import { CircleAlert, CircleCheck, CircleDashed, CirclePause, FileUp, Pause, Play, RotateCw, X } from 'lucide-react'
import { useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { CopyText } from '@/components/ui/copy-text'
import { IconButton } from '@/components/ui/icon-button'
import { AppLink } from '@/components/ui/link'
import { uiTexts } from '@/components/ui/messages'
import { Progress } from '@/components/ui/progress'
import { Spinner } from '@/components/ui/spinner'
import { CancelDialog } from './cancel-dialog'
import { FileButton } from './file-button'
import { uploadTexts } from './messages'
import { isSending, isUnfinished, shareOf, type Transfer } from './transfer'
import { transferLine } from './transfer-line'
import type { TransferTrayProps } from './transfer-tray'
import { useTransfers } from './transfers'

/** The tray once there is something in it. */
export function FilledTray({ deleteImage }: TransferTrayProps) {
  const { list, isTrayOpen, setTrayOpen, cancel, dismiss } = useTransfers()
  const [asked, setAsked] = useState<Transfer | null>(null)
  return (
    <>
      {isTrayOpen && (
        <section
          aria-label={uploadTexts.transfers}
          className="fixed inset-x-2 bottom-2 z-40 max-h-[60dvh] overflow-y-auto rounded-lg bg-raised shadow-float sm:inset-x-auto sm:right-4 sm:bottom-4 sm:w-96"
        >
          <header className="sticky top-0 flex items-center justify-between bg-raised px-3 pt-2 pb-1">
            <h2 className="font-semibold">{uploadTexts.transfers}</h2>
            <IconButton label={uploadTexts.hide} size="sm" onPress={() => setTrayOpen(false)}>
              <X aria-hidden />
            </IconButton>
          </header>
          <ul className="divide-y divide-line px-3 pb-1">
            {list.map((transfer) => (
              <TransferItem key={transfer.imageId} transfer={transfer} onCancel={() => setAsked(transfer)} />
            ))}
          </ul>
        </section>
      )}
      <CancelDialog
        name={asked?.name ?? null}
        onClose={() => setAsked(null)}
        onCancel={({ keepsRecord }) => {
          if (asked === null) return
          const { imageId } = asked
          void cancel(imageId).then(async () => {
            if (keepsRecord) return
            dismiss(imageId)
            await deleteImage(imageId)
          })
        }}
      />
    </>
  )
}

function TransferItem({ transfer, onCancel }: { transfer: Transfer; onCancel: () => void }) {
  const { dismiss } = useTransfers()
  const { imageId, name, state, requestId } = transfer
  const lineId = useId()
  const isOpen = isUnfinished(transfer) || state === 'paused' || state === 'needsFile'
  const share = shareOf(transfer)
  return (
    <li className="py-2">
      <div className="flex items-center gap-2">
        <StateIcon state={state} />
        <AppLink href={`/images/${imageId}`} plain className="min-w-0 flex-1 truncate font-medium hovered:underline">
          {name}
        </AppLink>
        <MoveButton transfer={transfer} />
        {isOpen && state !== 'finishing' ? (
          <IconButton label={uploadTexts.cancelOf(name)} size="sm" onPress={onCancel}>
            <X aria-hidden />
          </IconButton>
        ) : (
          state !== 'elsewhere' && (
            <IconButton label={uploadTexts.dismiss} size="sm" onPress={() => dismiss(imageId)}>
              <X aria-hidden />
            </IconButton>
          )
        )}
      </div>
      {(isOpen || state === 'elsewhere') && (
        <div className="mt-1">
          <Progress label={uploadTexts.progressOf(name)} {...(share !== undefined && { value: share })} />
        </div>
      )}
      <p id={lineId} className="mt-1 text-muted text-sm tabular-nums wrap-anywhere">
        {transferLine(transfer)}
      </p>
      {state === 'needsFile' && <FindFile transfer={transfer} describedBy={lineId} />}
      {requestId !== null && (
        <p className="text-muted text-xs">
          {uiTexts.requestId} <CopyText text={requestId} />
        </p>
      )}
    </li>
  )
}

/** Pauses, goes on or tries again. */
function MoveButton({ transfer: { imageId, name, state } }: { transfer: Transfer }) {
  const { pause, resume } = useTransfers()
  if (isSending(state) || state === 'waiting') {
    return (
      <IconButton label={uploadTexts.pause(name)} size="sm" onPress={() => pause(imageId)}>
        <Pause aria-hidden />
      </IconButton>
    )
  }
  if (state === 'paused') {
    return (
      <IconButton label={uploadTexts.resume(name)} size="sm" onPress={() => resume(imageId)}>
        <Play aria-hidden />
      </IconButton>
    )
  }
  if (state !== 'failed' && state !== 'cancelled') return null
  return (
    <IconButton label={uploadTexts.retry} size="sm" onPress={() => resume(imageId)}>
      <RotateCw aria-hidden />
    </IconButton>
  )
}

/** One press where the browser gives the file again; else the person finds it. */
function FindFile({ transfer: { imageId, hasKeptFile }, describedBy }: { transfer: Transfer; describedBy: string }) {
  const { giveFile, resumeKept } = useTransfers()
  const [wasPressed, setPressed] = useState(false)
  return (
    <div className="pt-1">
      {hasKeptFile ? (
        <Button
          size="sm"
          aria-describedby={describedBy}
          onPress={() => {
            setPressed(true)
            resumeKept(imageId)
          }}
        >
          <Play aria-hidden />
          {uploadTexts.resumeKept}
        </Button>
      ) : (
        // Where the other button was pressed in vain the focus comes here, and with it the reason.
        <FileButton
          size="sm"
          aria-describedby={describedBy}
          autoFocus={wasPressed}
          onFiles={([file]) => file !== undefined && giveFile(imageId, file)}
        >
          <FileUp aria-hidden />
          {uploadTexts.chooseFile}
        </FileButton>
      )}
    </div>
  )
}

function StateIcon({ state }: { state: Transfer['state'] }) {
  if (state === 'done') return <CircleCheck className="size-4 shrink-0 text-ok" aria-hidden />
  if (state === 'failed') return <CircleAlert className="size-4 shrink-0 text-danger" aria-hidden />
  if (state === 'stalled') return <CirclePause className="size-4 shrink-0 text-warn" aria-hidden />
  if (state === 'paused' || state === 'needsFile') {
    return <CirclePause className="size-4 shrink-0 text-muted" aria-hidden />
  }
  if (state === 'cancelled' || state === 'waiting' || state === 'elsewhere') {
    return <CircleDashed className="size-4 shrink-0 text-muted" aria-hidden />
  }
  return (
    <span className="shrink-0 text-info">
      <Spinner />
    </span>
  )
}
