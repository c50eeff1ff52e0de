'use client'

import { Download, SquareTerminal } from 'lucide-react'
import { useRef, useState } from 'react'
import { useLiveRefresh } from '@/components/live/live-events'
import { Breadcrumb } from '@/components/ui/breadcrumb'
import { CopyText } from '@/components/ui/copy-text'
import { lazyPart } from '@/components/ui/lazy-part'
import { AppLink } from '@/components/ui/link'
import { LinkButton } from '@/components/ui/link-button'
import { useNavigation } from '@/components/ui/navigation'
import { RouteTabs } from '@/components/ui/route-tabs'
import { Time } from '@/components/ui/time'
import { useToast } from '@/components/ui/toast'
import { isUnfinished } from '@/components/uploads/transfer'
import { useTransfers } from '@/components/uploads/transfers'
import { detailTexts } from './detail-messages'
import { EditableName } from './editable-name'
import { imageHref, imageName } from './image-columns'
import { ImageMenu } from './image-menu'
import { downloadBlock, isMoving } from './image-state'
import { imageTexts } from './messages'
import { StatusTag, VisibilityTag } from './status-tag'
import { useCatalogKeys } from './use-catalog-keys'
import { useImageActions } from './use-image-actions'
import type { ImageActions, ImageItem } from './view'

const PreflightSheet = lazyPart(async () => (await import('./preflight-sheet')).PreflightSheet)

export interface ImageHeaderProps {
  readonly item: ImageItem
  readonly actions: ImageActions
  /** parts of the room that the rules keep the reader from */
  readonly closed: readonly ImageTab[]
  /** where it stands among those of its name; null for the only one */
  readonly family: FamilyPlaceView | null
}

/** An image among the versions of its name, the oldest being the first. */
export interface FamilyPlaceView {
  readonly href: string
  readonly position: number
  readonly count: number
  readonly newest: { readonly id: string; readonly name: string | null; readonly createdAt: string } | null
}

const pollMs = 2500
const tabs = ['overview', 'properties', 'sharing', 'locations', 'tasks', 'security', 'history', 'use', 'raw'] as const
export type ImageTab = (typeof tabs)[number]

/** Name, state, actions and tabs of an image; keeps its whole room up to date while data moves. */
export function ImageHeader({ item, actions, closed, family }: ImageHeaderProps) {
  const { image, can } = item
  const { path, navigate } = useNavigation()
  const toast = useToast()
  const changes = useImageActions(actions)
  const [isDeleting, setDeleting] = useState(false)
  const [isNaming, setNaming] = useState(false)
  const downloadLink = useRef<HTMLDivElement>(null)
  const canDownload = can.download && downloadBlock(item) === undefined
  const href = imageHref(image)
  const shown = tabs
    .filter((id) => !closed.includes(id))
    .map((id) => ({ id, label: detailTexts.tabs[id], href: id === 'overview' ? href : `${href}/${id}` }))
  const current = tabs.find((id) => path.endsWith(`/${id}`)) ?? 'overview'
  useFollowing(item)
  useCatalogKeys({
    ...Object.fromEntries(shown.slice(0, 9).map((tab, index) => [String(index + 1), () => navigate(tab.href)])),
    ...(can.modify && { e: () => setNaming(true) }),
    ...(canDownload && { d: () => downloadLink.current?.querySelector('a')?.click() }),
  })
  return (
    <header className="px-4 pt-4 md:px-6">
      <Breadcrumb crumbs={[{ label: imageTexts.images, href: '/images' }, { label: imageName(image) }]} />
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 pt-1 pb-3">
        <div className="min-w-0 flex-[1_1_20rem]">
          <EditableName
            image={image}
            canEdit={can.modify}
            changes={changes}
            isEditing={isNaming}
            onEditing={setNaming}
          />
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 pt-1">
            <StatusTag status={image.status} />
            <VisibilityTag visibility={image.visibility} />
            <span className="text-muted">
              <CopyText text={image.id} label={imageTexts.actions.copyId} />
            </span>
            {family !== null && <FamilyLine image={image} family={family} />}
          </div>
        </div>
        <div className="flex shrink-0 items-center gap-2">
          <LinkButton href={`${href}/use`} variant="primary">
            <SquareTerminal aria-hidden />
            {imageTexts.actions.use}
          </LinkButton>
          {canDownload && (
            <div ref={downloadLink}>
              <LinkButton href={`/api/ui${href}/file`} download>
                <Download aria-hidden />
                {detailTexts.download}
              </LinkButton>
            </div>
          )}
          <ImageMenu item={item} changes={changes} onDelete={() => setDeleting(true)} />
        </div>
      </div>
      <RouteTabs label={detailTexts.tabsLabel} current={current} tabs={shown} />
      {isDeleting && (
        <PreflightSheet
          subject={{ target: { imageIds: [image.id] }, start: { act: { kind: 'delete' } } }}
          bulk={actions.bulk}
          onClose={() => setDeleting(false)}
          onEnded={(_act, { done }) => {
            if (done.length === 0) return
            toast({ kind: 'ok', title: imageTexts.done.deleted(done.length) })
            navigate('/images', { replace: true })
          }}
        />
      )}
    </header>
  )
}

function FamilyLine({ image, family }: { image: ImageItem['image']; family: FamilyPlaceView }) {
  const { position, count, newest } = family
  return (
    <span className="flex flex-wrap items-center gap-x-1.5 text-sm">
      <AppLink href={family.href}>{detailTexts.version(position, count)}</AppLink>
      {newest !== null && newest.id !== image.id && (
        <span className="text-muted">
          {detailTexts.newest} <AppLink href={imageHref(newest)}>{imageName(newest)}</AppLink> (
          <Time iso={newest.createdAt} />)
        </span>
      )}
      {newest?.id === image.id && <span className="text-muted">{detailTexts.isNewest}</span>}
    </span>
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
