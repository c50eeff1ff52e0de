'use client'

import { CircleAlert, CircleCheck, CircleDashed, RotateCw, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { Button, IconButton } from '@/components/ui/button'
import { CopyText } from '@/components/ui/copy-text'
import { Dialog } from '@/components/ui/dialog'
import { AppLink } from '@/components/ui/link'
import { uiTexts } from '@/components/ui/messages'
import { Progress } from '@/components/ui/progress'
import { Spinner } from '@/components/ui/spinner'
import { uploadTexts } from './messages'
import { isUnfinished, type Transfer } from './transfer'
import { transferLine } from './transfer-line'
import { useTransfers } from './transfers'

export interface TransferTrayProps {
  /** Deletes the record of a cancelled upload. */
  readonly deleteImage: (imageId: string) => Promise<void>
}

/** What is on its way, above every page, until it is dismissed. */
export function TransferTray({ deleteImage }: TransferTrayProps) {
  const { list, isTrayOpen, setTrayOpen, cancel, dismiss } = useTransfers()
  const [asked, setAsked] = useState<Transfer | null>(null)
  const close = () => setAsked(null)
  if (list.length === 0) return null
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
      <Dialog
        title={uploadTexts.cancelTitle}
        role="alertdialog"
        isOpen={asked !== null}
        onClose={close}
        actions={
          <>
            <Button variant="quiet" onPress={close}>
              {uploadTexts.keepUploading}
            </Button>
            <Button
              onPress={() => {
                if (asked !== null) cancel(asked.imageId)
                close()
              }}
            >
              {uploadTexts.keepRecord}
            </Button>
            <Button
              variant="danger"
              onPress={() => {
                if (asked !== null) {
                  cancel(asked.imageId)
                  dismiss(asked.imageId)
                  void deleteImage(asked.imageId)
                }
                close()
              }}
            >
              <Trash2 aria-hidden />
              {uploadTexts.deleteRecord}
            </Button>
          </>
        }
      >
        <p>{asked === null ? '' : uploadTexts.cancelText(asked.name)}</p>
      </Dialog>
    </>
  )
}

function TransferItem({ transfer, onCancel }: { transfer: Transfer; onCancel: () => void }) {
  const { retry, dismiss } = useTransfers()
  const canRetry = transfer.state === 'failed' || transfer.state === 'cancelled'
  return (
    <li className="py-2">
      <div className="flex items-center gap-2">
        <StateIcon state={transfer.state} />
        <AppLink
          href={`/images/${transfer.imageId}`}
          plain
          className="min-w-0 flex-1 truncate font-medium hovered:underline"
        >
          {transfer.name}
        </AppLink>
        {canRetry && (
          <IconButton label={uploadTexts.retry} size="sm" onPress={() => retry(transfer.imageId)}>
            <RotateCw aria-hidden />
          </IconButton>
        )}
        {isUnfinished(transfer) ? (
          <IconButton label={uploadTexts.cancelOf(transfer.name)} size="sm" onPress={onCancel}>
            <X aria-hidden />
          </IconButton>
        ) : (
          <IconButton label={uploadTexts.dismiss} size="sm" onPress={() => dismiss(transfer.imageId)}>
            <X aria-hidden />
          </IconButton>
        )}
      </div>
      {isUnfinished(transfer) && (
        <div className="mt-1">
          <Progress
            label={uploadTexts.progressOf(transfer.name)}
            {...(transfer.state === 'sending' && { value: transfer.sentBytes / Math.max(1, transfer.totalBytes) })}
          />
        </div>
      )}
      <p className="mt-1 text-muted text-sm tabular-nums wrap-anywhere">{transferLine(transfer)}</p>
      {transfer.requestId !== null && (
        <p className="text-muted text-xs">
          {uiTexts.requestId} <CopyText text={transfer.requestId} />
        </p>
      )}
    </li>
  )
}

function StateIcon({ state }: { state: Transfer['state'] }) {
  if (state === 'done') return <CircleCheck className="size-4 shrink-0 text-ok" aria-hidden />
  if (state === 'failed') return <CircleAlert className="size-4 shrink-0 text-danger" aria-hidden />
  if (state === 'cancelled' || state === 'waiting') {
    return <CircleDashed className="size-4 shrink-0 text-muted" aria-hidden />
  }
  return (
    <span className="shrink-0 text-info">
      <Spinner />
    </span>
  )
}
