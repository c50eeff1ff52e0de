'use client'

import { RotateCw, Upload, X } from 'lucide-react'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { CopyText } from '@/components/ui/copy-text'
import { uiTexts } from '@/components/ui/messages'
import { Progress } from '@/components/ui/progress'
import { uploadTexts } from './messages'
import { shareOf, type Transfer } from './transfer'
import { transferLine } from './transfer-line'
import { useTransfers } from './transfers'

/** One upload, large, for the page of what it fills; the tray stays the place where it is cancelled. */
export function TransferProgress({ transfer }: { transfer: Transfer }) {
  const { setTrayOpen, resume, dismiss } = useTransfers()
  const share = shareOf(transfer)
  if (transfer.state === 'failed') {
    return (
      <Banner
        tone="danger"
        title={uploadTexts.failed}
        actions={
          <div className="flex flex-wrap justify-end gap-2">
            <Button size="sm" onPress={() => resume(transfer.imageId)}>
              <RotateCw aria-hidden />
              {uploadTexts.retry}
            </Button>
            <Button size="sm" variant="quiet" onPress={() => dismiss(transfer.imageId)}>
              <X aria-hidden />
              {uploadTexts.another}
            </Button>
          </div>
        }
      >
        <p>{transfer.reason}</p>
        {transfer.requestId !== null && (
          <p className="text-muted">
            {uiTexts.requestId} <CopyText text={transfer.requestId} />
          </p>
        )}
      </Banner>
    )
  }
  return (
    <section aria-label={uploadTexts.progressOf(transfer.name)} className="rounded-lg border border-line p-4">
      <div className="flex items-center justify-between gap-3 pb-2">
        <h2 className="flex items-center gap-2 font-semibold">
          <Upload className="size-4 text-info" aria-hidden />
          {transfer.state === 'waiting' ? uploadTexts.queued : uploadTexts.uploading}
        </h2>
        <Button size="sm" variant="quiet" onPress={() => setTrayOpen(true)}>
          {uploadTexts.transfers}
        </Button>
      </div>
      <Progress label={uploadTexts.progressHere} {...(share !== undefined && { value: share })} />
      <p className="pt-2 tabular-nums">{transferLine(transfer)}</p>
      <p className="text-muted text-sm">{uploadTexts.goesOn}</p>
    </section>
  )
}
