'use client'

import { ArrowUpFromLine, FileUp, Play, X } from 'lucide-react'
import { useState } from 'react'
import { useLiveRefresh } from '@/components/live/live-events'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { IconButton } from '@/components/ui/icon-button'
import { AppLink } from '@/components/ui/link'
import { LinkButton } from '@/components/ui/link-button'
import { useNavigation } from '@/components/ui/navigation'
import { Progress } from '@/components/ui/progress'
import { Time } from '@/components/ui/time'
import { CancelDialog } from './cancel-dialog'
import { FileButton } from './file-button'
import { uploadRoomTexts } from './room-messages'
import type { Transfer } from './transfer'
import { transferLine } from './transfer-line'
import { type BegunUpload, useTransfers } from './transfers'

export interface UploadItem extends BegunUpload {
  readonly fileName: string
  readonly storeIds: readonly string[]
  /** ISO 8601 */
  readonly updatedAt: string
  readonly expiresAt: string
}

export interface UploadRoomProps {
  readonly uploads: readonly UploadItem[]
  readonly deleteImage: (imageId: string) => Promise<void>
}

const pollMs = 10_000

/** What the reader has begun to upload and not finished, wherever that was. */
export function UploadRoom({ uploads, deleteImage }: UploadRoomProps) {
  const { list, endBegun } = useTransfers()
  const { refresh } = useNavigation()
  const [asked, setAsked] = useState<UploadItem | null>(null)
  useLiveRefresh({ isAbout: ({ topic }) => topic === 'image', isMoving: uploads.length > 0, pollMs })
  const texts = uploadRoomTexts
  return (
    <div className="flex flex-1 flex-col px-4 pt-4 pb-16 md:px-6">
      <h1 className="font-semibold text-xl">{texts.title}</h1>
      <p className="pb-3 text-muted">{texts.intro}</p>
      {uploads.length === 0 ? (
        <EmptyState
          icon={<ArrowUpFromLine aria-hidden />}
          title={texts.empty}
          text={texts.emptyText}
          actions={
            <LinkButton href="/images/new" variant="primary">
              {texts.upload}
            </LinkButton>
          }
        />
      ) : (
        <ul aria-label={texts.list} className="max-w-4xl divide-y divide-line">
          {uploads.map((upload) => (
            <UploadRow
              key={upload.path}
              upload={upload}
              transfer={list.find(({ imageId }) => imageId === upload.imageId)}
              onEnd={() => setAsked(upload)}
            />
          ))}
        </ul>
      )}
      <CancelDialog
        name={asked?.name ?? null}
        onClose={() => setAsked(null)}
        onCancel={({ keepsRecord }) => {
          if (asked === null) return
          void endBegun(asked)
            .then(() => (keepsRecord ? undefined : deleteImage(asked.imageId)))
            .then(refresh)
        }}
      />
    </div>
  )
}

interface UploadRowProps {
  readonly upload: UploadItem
  readonly transfer: Transfer | undefined
  readonly onEnd: () => void
}

function UploadRow({ upload, transfer, onEnd }: UploadRowProps) {
  const { goOn, resumeKept, setTrayOpen } = useTransfers()
  const { imageId, name, fileName, sizeBytes, offsetBytes, storeIds, updatedAt, expiresAt } = upload
  const texts = uploadRoomTexts
  // What the tray says of it is newer.
  const here = transfer !== undefined && transfer.state !== 'needsFile' ? transfer : undefined
  const share = (here?.sentBytes ?? offsetBytes) / Math.max(1, sizeBytes)
  return (
    <li className="grid items-center gap-x-6 gap-y-2 py-3 sm:grid-cols-[minmax(0,1fr)_auto]">
      <div className="flex min-w-0 flex-col gap-1.5">
        <p className="flex min-w-0 flex-wrap items-baseline gap-x-2">
          <AppLink href={`/images/${encodeURIComponent(imageId)}`} plain className="font-medium hovered:underline">
            <span className="wrap-anywhere">{name}</span>
          </AppLink>
          {fileName !== '' && <span className="text-muted text-sm wrap-anywhere">{texts.file(fileName)}</span>}
        </p>
        <Progress label={texts.progress(name)} value={share} />
        <p className="text-muted text-sm tabular-nums">
          {here === undefined ? texts.taken(offsetBytes, sizeBytes) : transferLine(here)}
        </p>
        <p className="flex flex-wrap gap-x-3 text-muted text-sm">
          {storeIds.length > 0 && <span>{texts.to(storeIds.join(', '))}</span>}
          <span>
            {texts.lastPiece} <Time iso={updatedAt} />
          </span>
          <span>
            {texts.expires} <Time iso={expiresAt} />
          </span>
        </p>
      </div>
      <div className="flex items-center gap-2">
        {here !== undefined ? (
          <Button variant="quiet" onPress={() => setTrayOpen(true)}>
            {texts.running}
          </Button>
        ) : transfer?.hasKeptFile === true ? (
          <Button aria-label={texts.resumeOf(name)} onPress={() => resumeKept(imageId)}>
            <Play aria-hidden />
            {texts.resume}
          </Button>
        ) : (
          <FileButton aria-label={texts.goOnWith(name)} onFiles={([file]) => file !== undefined && goOn(upload, file)}>
            <FileUp aria-hidden />
            {texts.goOn}
          </FileButton>
        )}
        <IconButton label={texts.end(name)} className="text-muted" onPress={onEnd}>
          <X aria-hidden />
        </IconButton>
      </div>
    </li>
  )
}
