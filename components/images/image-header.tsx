'use client'

import { Download, SquareTerminal } from 'lucide-react'
import { useState } from 'react'
import { useLiveRefresh } from '@/components/live/live-events'
import { Breadcrumb } from '@/components/ui/breadcrumb'
import { LinkButton } from '@/components/ui/button'
import { CopyText } from '@/components/ui/copy-text'
import { useNavigation } from '@/components/ui/navigation'
import { RouteTabs } from '@/components/ui/route-tabs'
import { useToast } from '@/components/ui/toast'
import { isUnfinished } from '@/components/uploads/transfer'
import { useTransfers } from '@/components/uploads/transfers'
import { detailTexts } from './detail-messages'
import { imageHref, imageName } from './image-columns'
import { ImageMenu } from './image-menu'
import { downloadBlock, isMoving } from './image-state'
import { imageTexts } from './messages'
import { PreflightSheet } from './preflight-sheet'
import { StatusTag, VisibilityTag } from './status-tag'
import { useCatalogKeys } from './use-catalog-keys'
import { useImageActions } from './use-image-actions'
import type { ImageActions, ImageItem } from './view'

export interface ImageHeaderProps {
  readonly item: ImageItem
  readonly actions: ImageActions
  /** parts of the room that the rules keep the reader from */
  readonly closed: readonly ImageTab[]
}

const pollMs = 2500
const tabs = ['overview', 'properties', 'sharing', 'tasks', 'history', 'use', 'raw'] as const
export type ImageTab = (typeof tabs)[number]

/** Name, state, actions and tabs of an image; keeps its whole room up to date while data moves. */
export function ImageHeader({ item, actions, closed }: ImageHeaderProps) {
  const { image, can } = item
  const { path, navigate } = useNavigation()
  const toast = useToast()
  const changes = useImageActions(actions)
  const [isDeleting, setDeleting] = useState(false)
  const href = imageHref(image)
  const shown = tabs
    .filter((id) => !closed.includes(id))
    .map((id) => ({ id, label: detailTexts.tabs[id], href: id === 'overview' ? href : `${href}/${id}` }))
  const current = tabs.find((id) => path.endsWith(`/${id}`)) ?? 'overview'
  useFollowing(item)
  useCatalogKeys(Object.fromEntries(shown.map((tab, index) => [String(index + 1), () => navigate(tab.href)])))
  return (
    <header className="px-4 pt-4 md:px-6">
      <Breadcrumb crumbs={[{ label: imageTexts.images, href: '/images' }, { label: imageName(image) }]} />
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 pt-1 pb-3">
        <div className="min-w-0">
          <h1 className="font-semibold text-xl wrap-anywhere">{imageName(image)}</h1>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 pt-1">
            <StatusTag status={image.status} />
            <VisibilityTag visibility={image.visibility} />
            <span className="text-muted">
              <CopyText text={image.id} label={imageTexts.actions.copyId} />
            </span>
          </div>
        </div>
        <div className="flex shrink-0 items-center gap-2">
          <LinkButton href={`${href}/use`} variant="primary">
            <SquareTerminal aria-hidden />
            {imageTexts.actions.use}
          </LinkButton>
          {can.download && downloadBlock(item) === undefined && (
            <LinkButton href={`/api/ui${href}/file`} download>
              <Download aria-hidden />
              {detailTexts.download}
            </LinkButton>
          )}
          <ImageMenu item={item} changes={changes} onDelete={() => setDeleting(true)} isInHeader />
        </div>
      </div>
      <RouteTabs label={detailTexts.tabsLabel} current={current} tabs={shown} />
      <PreflightSheet
        subject={isDeleting ? { target: { imageIds: [image.id] }, start: { act: { kind: 'delete' } } } : null}
        bulk={actions.bulk}
        onClose={() => setDeleting(false)}
        onEnded={(_act, { done }) => {
          if (done.length === 0) return
          toast({ kind: 'ok', title: imageTexts.done.deleted(done.length) })
          navigate('/images', { replace: true })
        }}
      />
    </header>
  )
}

/** Reads the image again when it changes, whoever changes it. */
function useFollowing({ image }: ImageItem): void {
  const { list } = useTransfers()
  const isSending = list.some((transfer) => transfer.imageId === image.id && isUnfinished(transfer))
  useLiveRefresh({
    isAbout: ({ imageId }) => imageId === image.id,
    isMoving: isMoving(image) || isSending,
    pollMs,
  })
}
