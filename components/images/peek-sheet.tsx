'use client'

import { ChevronDown, ChevronUp } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Bytes } from '@/components/ui/bytes'
import { CopyText } from '@/components/ui/copy-text'
import { Dialog } from '@/components/ui/dialog'
import { IconButton } from '@/components/ui/icon-button'
import { LinkButton } from '@/components/ui/link-button'
import { Time } from '@/components/ui/time'
import { detailTexts } from './detail-messages'
import { type Fact, FactList } from './fact-list'
import { imageHref, imageName, None, osOf } from './image-columns'
import { imageTexts } from './messages'
import { GoneTag, StatusTag, VisibilityTag } from './status-tag'
import { TagList } from './tag-field'
import type { ImageItem } from './view'

export interface PeekSheetProps {
  readonly isOpen: boolean
  /** null while it is closed */
  readonly item: ImageItem | null
  /** the rows of the page, to go through */
  readonly items: readonly ImageItem[]
  readonly onPeek: (id: string | null) => void
  readonly menu: (item: ImageItem) => ReactNode
}

const { peek: texts } = imageTexts

/** One image beside the list; the arrow keys go through the page's rows. */
export function PeekSheet({ isOpen, item, items, onPeek, menu }: PeekSheetProps) {
  const index = items.findIndex(({ image }) => image.id === item?.image.id)
  const neighbour = (step: number) => (index < 0 ? undefined : items[index + step])
  const go = (step: number) => {
    const next = neighbour(step)
    if (next !== undefined) onPeek(next.image.id)
  }
  const step = useRef(go)
  useEffect(() => {
    step.current = go
  })
  useEffect(() => {
    if (!isOpen) return
    const onKeyDown = (event: KeyboardEvent) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
      if (by === undefined || (event.target instanceof Element && event.target.closest('input, [role="menu"]'))) return
      event.preventDefault()
      step.current(by)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [isOpen])
  return (
    <Dialog
      title={item === null ? '' : imageName(item.image)}
      kind="sheet"
      isOpen={isOpen}
      onClose={() => onPeek(null)}
      actions={
        item !== null && (
          <>
            <IconButton label={texts.previous} isDisabled={neighbour(-1) === undefined} onPress={() => go(-1)}>
              <ChevronUp aria-hidden />
            </IconButton>
            <IconButton label={texts.next} isDisabled={neighbour(1) === undefined} onPress={() => go(1)}>
              <ChevronDown aria-hidden />
            </IconButton>
            <span className="flex-1" />
            {!item.isGone && menu(item)}
            <LinkButton href={imageHref(item.image)} variant="primary">
              {texts.open}
            </LinkButton>
          </>
        )
      }
    >
      {item !== null && <Peek item={item} />}
    </Dialog>
  )
}

function Peek({ item: { image, isGone } }: { item: ImageItem }) {
  const { facts: names } = detailTexts
  const { description, ...properties } = image.properties
  const facts: readonly Fact[] = [
    { label: names.id, value: <CopyText text={image.id} label={imageTexts.actions.copyId} /> },
    {
      label: imageTexts.columns.format,
      value: [image.diskFormat, image.containerFormat].filter(Boolean).join(' / ') || <None />,
    },
    { label: names.size, value: image.sizeBytes === null ? <None /> : <Bytes value={image.sizeBytes} /> },
    {
      label: names.virtualSize,
      value: image.virtualSizeBytes === null ? <None /> : <Bytes value={image.virtualSizeBytes} />,
    },
    { label: imageTexts.columns.os, value: osOf(image) || <None /> },
    { label: names.stores, value: image.storeIds.join(', ') || <None /> },
    { label: names.updated, value: <Time iso={image.updatedAt} /> },
    { label: names.created, value: <Time iso={image.createdAt} /> },
  ]
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {isGone ? <GoneTag /> : <StatusTag status={image.status} />}
        <VisibilityTag visibility={image.visibility} />
      </div>
      {description !== undefined && <p className="wrap-anywhere">{description}</p>}
      <FactList title={names.data} facts={facts} />
      {image.tags.length > 0 && <TagList tags={image.tags} />}
      {Object.keys(properties).length > 0 && (
        <FactList
          title={detailTexts.properties}
          facts={Object.entries(properties)
            .toSorted(([one], [other]) => one.localeCompare(other))
            .map(([label, value]) => ({
              label,
              isName: true,
              value: <span className="font-mono text-sm">{value}</span>,
            }))}
        />
      )}
    </div>
  )
}
