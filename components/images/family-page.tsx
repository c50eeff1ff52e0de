'use client'

import { Columns2, EyeOff, Pause, Users } from 'lucide-react'
import { useState } from 'react'
import { useLiveRefresh } from '@/components/live/live-events'
import { Breadcrumb } from '@/components/ui/breadcrumb'
import { Button } from '@/components/ui/button'
import { Bytes } from '@/components/ui/bytes'
import { Checkbox } from '@/components/ui/checkbox'
import { lazyPart } from '@/components/ui/lazy-part'
import { AppLink } from '@/components/ui/link'
import { LinkButton } from '@/components/ui/link-button'
import { Menu, MenuItem } from '@/components/ui/menu'
import { useNavigation } from '@/components/ui/navigation'
import { Select } from '@/components/ui/select'
import { Time } from '@/components/ui/time'
import { useToast } from '@/components/ui/toast'
import type { BulkAct } from './bulk-act'
import { bulkTexts } from './bulk-messages'
import { compareHref, compareMax } from './compare-view'
import { retirable } from './family'
import { familyTexts as texts } from './family-messages'
import type { FamilyTitle } from './family-view'
import { imageHref, imageName, osOf } from './image-columns'
import { isMoving } from './image-state'
import { imageTexts } from './messages'
import type { PreflightSubject } from './preflight-sheet'
import { StatusTag, VisibilityTag } from './status-tag'
import type { ImageActions, ImageItem } from './view'

const PreflightSheet = lazyPart(async () => (await import('./preflight-sheet')).PreflightSheet)

export interface FamilyPageProps {
  readonly family: FamilyTitle
  /** newest first */
  readonly versions: readonly ImageItem[]
  /** Older ones are not among them. */
  readonly isCut: boolean
  readonly actions: ImageActions
}

const keepChoices = ['1', '2', '3', '5', '10'] as const
type Keep = (typeof keepChoices)[number]
const pollMs = 4000

/** The versions of one image on a line of time, with ways to compare them and to retire what is old. */
export function FamilyPage({ family, versions, isCut, actions }: FamilyPageProps) {
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set())
  const { title, kind, ownerName, ownerId } = family
  const current = versions.find(({ image }) => image.status === 'active' && !image.isHidden)
  useLiveRefresh({
    isAbout: ({ topic }) => topic === 'image',
    isMoving: versions.some(({ image }) => isMoving(image)),
    pollMs,
  })
  const shown = versions.filter(({ image }) => marked.has(image.id)).map(({ image }) => image.id)
  const mark = (id: string, isMarked: boolean) =>
    setMarked((old) => new Set(isMarked ? [...old, id] : [...old].filter((other) => other !== id)))
  return (
    <div className="flex flex-col px-4 pt-4 pb-16 md:px-6">
      <Breadcrumb
        crumbs={[
          { label: imageTexts.images, href: '/images' },
          { label: texts.title, href: '/images/families' },
          { label: title },
        ]}
      />
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 pt-1 pb-4">
        <div className="min-w-0">
          <h1 className="font-semibold text-xl wrap-anywhere">{title}</h1>
          <p className="text-muted wrap-anywhere">
            {texts.by[kind]}
            {ownerId !== null && ` · ${ownerName ?? ownerId}`}
            {` · ${texts.count(versions.length)}`}
          </p>
        </div>
        <Retire versions={versions} actions={actions} />
      </div>
      <div className="flex min-h-9 flex-wrap items-center gap-3 pb-2">
        {shown.length >= 2 && shown.length <= compareMax ? (
          <LinkButton href={compareHref(shown.toReversed())}>
            <Columns2 aria-hidden />
            {texts.compareMarked(shown.length)}
          </LinkButton>
        ) : (
          <p className="text-muted text-sm">{texts.compareHelp}</p>
        )}
      </div>
      <ol aria-label={texts.versions} className="max-w-4xl pl-1.5">
        {versions.map((item, index) => (
          <Version
            key={item.image.id}
            item={item}
            isCurrent={item === current}
            isSameData={isSameData(item, versions[index + 1])}
            showsName={kind === 'os'}
            isMarked={marked.has(item.image.id)}
            onMark={(isMarked) => mark(item.image.id, isMarked)}
          />
        ))}
      </ol>
      {isCut && <p className="pt-3 text-muted text-sm">{texts.onlyFirst(versions.length)}</p>}
    </div>
  )
}

function isSameData({ image }: ImageItem, before: ImageItem | undefined): boolean {
  return image.hashValue !== null && image.hashValue === before?.image.hashValue
}

interface VersionProps {
  readonly item: ImageItem
  readonly isCurrent: boolean
  readonly isSameData: boolean
  readonly showsName: boolean
  readonly isMarked: boolean
  readonly onMark: (isMarked: boolean) => void
}

function Version({ item: { image }, isCurrent, isSameData, showsName, isMarked, onMark }: VersionProps) {
  const name = imageName(image)
  const facts = [image.diskFormat, osOf(image)].filter((fact) => fact !== null && fact !== '')
  return (
    <li className="relative border-line border-l pb-5 pl-5 last:pb-0">
      <span
        aria-hidden
        className={`absolute top-2 -left-[5px] size-2.5 rounded-full border-2 border-bg ${isCurrent ? 'bg-accent' : 'bg-control'}`}
      />
      <div className="flex items-start gap-3">
        <Checkbox
          aria-label={texts.select(name, image.id)}
          isSelected={isMarked}
          onChange={onMark}
          className="pt-0.5"
        />
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
            <AppLink
              href={imageHref(image)}
              plain
              className={`font-medium hovered:underline ${image.isHidden ? 'text-muted' : ''}`}
            >
              {showsName ? (
                name
              ) : (
                <>
                  <Time iso={image.createdAt} />
                  <span className="sr-only"> {image.id}</span>
                </>
              )}
            </AppLink>
            {showsName && (
              <span className="text-muted text-sm">
                <Time iso={image.createdAt} />
              </span>
            )}
            <span className="font-mono text-muted text-sm">{image.id.slice(0, 8)}</span>
            {isCurrent && (
              <span className="rounded-sm bg-accent-soft px-1.5 text-accent text-xs leading-5">{texts.current}</span>
            )}
          </p>
          <p className="flex flex-wrap items-center gap-x-4 gap-y-0.5 pt-0.5 text-sm">
            <StatusTag status={image.status} />
            <VisibilityTag visibility={image.visibility} />
            {image.sizeBytes !== null && <Bytes value={image.sizeBytes} />}
            {facts.length > 0 && <span className="text-muted wrap-anywhere">{facts.join(' · ')}</span>}
            {image.isHidden && (
              <span className="inline-flex items-center gap-1 text-muted" title={texts.hiddenHelp}>
                <EyeOff className="size-3.5" aria-hidden />
                {texts.hiddenMark}
              </span>
            )}
          </p>
          {isSameData && <p className="text-muted text-sm">{texts.sameData}</p>}
        </div>
      </div>
    </li>
  )
}

function Retire({ versions, actions }: { versions: readonly ImageItem[]; actions: ImageActions }) {
  const [keep, setKeep] = useState<Keep>('1')
  const [subject, setSubject] = useState<PreflightSubject | null>(null)
  const { refresh } = useNavigation()
  const toast = useToast()
  const older = retirable(versions, Number(keep))
  const may = (test: (item: ImageItem) => boolean) => versions.some(test)
  const canHide = may(({ can }) => can.modify)
  const canDeactivate = may(({ can }) => can.deactivate)
  const canOpen = may(({ can }) => can.modify && can.visibilities.includes('community'))
  if (!canHide && !canDeactivate) return null
  const ask = (act: BulkAct) => setSubject({ target: { imageIds: older.map(({ image }) => image.id) }, start: { act } })
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="text-muted text-sm" aria-hidden>
        {texts.keep}
      </span>
      <Select
        label={texts.keep}
        hideLabel
        value={keep}
        onChange={setKeep}
        choices={keepChoices.map((value) => ({ value, label: texts.keepNewest(Number(value)) }))}
        className="w-36"
      />
      {older.length === 0 ? (
        <p className="max-w-48 text-muted text-sm">{texts.nothingOlder}</p>
      ) : (
        <Menu label={texts.retireLabel} trigger={<Button variant="primary">{texts.retire}</Button>}>
          {canHide && (
            <MenuItem icon={<EyeOff />} hint={texts.hideHint} onAction={() => ask({ kind: 'setHidden', value: true })}>
              {texts.hide}
            </MenuItem>
          )}
          {canDeactivate && (
            <MenuItem
              icon={<Pause />}
              hint={texts.deactivateHint}
              onAction={() => ask({ kind: 'setActive', value: false })}
            >
              {texts.deactivate}
            </MenuItem>
          )}
          {canOpen && (
            <MenuItem
              icon={<Users />}
              hint={texts.communityHint}
              onAction={() => ask({ kind: 'setVisibility', visibility: 'community' })}
            >
              {texts.community}
            </MenuItem>
          )}
        </Menu>
      )}
      {subject !== null && (
        <PreflightSheet
          subject={subject}
          bulk={actions.bulk}
          onClose={() => setSubject(null)}
          onEnded={(act, { tally }) => {
            if (tally.doneCount > 0) toast({ kind: 'ok', title: bulkTexts.done(act, tally.doneCount) })
            refresh()
          }}
        />
      )}
    </div>
  )
}
