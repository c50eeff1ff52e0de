'use client'

import { ArrowRightLeft, Columns2, Ellipsis, X } from 'lucide-react'
import { useRef, useState } from 'react'
import type { Conflict } from '@/components/properties/review-dialog'
import { Banner } from '@/components/ui/banner'
import { Breadcrumb } from '@/components/ui/breadcrumb'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { IconButton } from '@/components/ui/icon-button'
import { lazyPart } from '@/components/ui/lazy-part'
import { AppLink } from '@/components/ui/link'
import { LinkButton } from '@/components/ui/link-button'
import { LongName } from '@/components/ui/long-name'
import { Menu, MenuItem } from '@/components/ui/menu'
import { useNavigation } from '@/components/ui/navigation'
import type { Result } from '@/components/ui/result'
import { Switch } from '@/components/ui/switch'
import { useToast } from '@/components/ui/toast'
import { compareTexts as texts } from './compare-messages'
import {
  type Compared,
  type CompareRow,
  type CompareSection,
  compareSections,
  copyChanges,
  type PropertyTitle,
  sameData,
} from './compare-rows'
import { compareHref, compareMax, compareMin } from './compare-view'
import { imageHref, imageName } from './image-columns'
import { imageTexts } from './messages'
import { useCatalogKeys } from './use-catalog-keys'
import type { ImageItem } from './view'

const ReviewDialog = lazyPart(async () => (await import('@/components/properties/review-dialog')).ReviewDialog)

export interface CompareItem extends ImageItem, Compared {
  readonly image: ImageItem['image']
}

type SaveProperties = (input: {
  readonly imageId: string
  readonly changes: ReturnType<typeof copyChanges>
}) => Promise<Result<{ readonly conflicts: readonly Conflict[] }>>

export interface CompareImagesProps {
  readonly items: readonly CompareItem[]
  readonly showsAll: boolean
  /** how many were asked for that there are not, or that the reader may not see */
  readonly goneCount: number
  readonly isCut: boolean
  readonly titles: readonly PropertyTitle[]
  readonly save: SaveProperties
}

/** Two to four images side by side; what they have in common only when asked for. */
export function CompareImages({ items, showsAll, goneCount, isCut, titles, save }: CompareImagesProps) {
  const { navigate } = useNavigation()
  const ids = items.map(({ image }) => image.id)
  const toggle = () => navigate(compareHref(ids, !showsAll), { replace: true, keepScroll: true })
  useCatalogKeys({ ...(items.length >= compareMin && { o: toggle }) })
  const sections = compareSections(items, titles)
    .map(({ title, rows }) => ({ title, rows: showsAll ? rows : rows.filter(({ differs }) => differs) }))
    .filter(({ rows }) => rows.length > 0)
  const twins = sameData(items.map(({ image }) => image))
  return (
    <div className="flex flex-col gap-3 px-4 pt-4 pb-16 md:px-6">
      <div>
        <Breadcrumb crumbs={[{ label: imageTexts.images, href: '/images' }, { label: texts.title }]} />
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 pt-1">
          <h1 className="font-semibold text-xl">{texts.title}</h1>
          {items.length >= compareMin && (
            <Switch isSelected={!showsAll} onChange={toggle}>
              {texts.onlyDifferences}
            </Switch>
          )}
        </div>
      </div>
      {goneCount > 0 && <Banner tone="warn">{texts.gone(goneCount)}</Banner>}
      {isCut && <Banner tone="info">{texts.tooMany(compareMax)}</Banner>}
      {twins.map((names) => (
        <Banner key={names.join()} tone="info" title={texts.sameData(names.join(', '))}>
          {texts.sameDataText}
        </Banner>
      ))}
      {items.length < compareMin ? (
        <EmptyState
          icon={<Columns2 aria-hidden />}
          title={texts.emptyTitle}
          text={texts.emptyText}
          actions={
            <LinkButton href="/images" variant="primary">
              {texts.toCatalog}
            </LinkButton>
          }
        />
      ) : (
        <>
          <Table items={items} sections={sections} showsAll={showsAll} save={save} />
          {sections.length === 0 && (
            <div className="flex flex-col items-start gap-2">
              <p className="text-muted">{texts.same}</p>
              <Button onPress={toggle}>{texts.showAll}</Button>
            </div>
          )}
        </>
      )}
    </div>
  )
}

interface TableProps {
  readonly items: readonly CompareItem[]
  readonly sections: readonly CompareSection[]
  readonly showsAll: boolean
  readonly save: SaveProperties
}

const firstColumn =
  'sticky left-0 z-10 w-24 min-w-24 max-w-24 bg-bg pr-2 text-left align-top md:w-44 md:min-w-44 md:max-w-44'
const cell = 'w-32 min-w-32 px-2 py-1.5 text-left align-top md:min-w-48'

function Table({ items, sections, showsAll, save }: TableProps) {
  const [copying, setCopying] = useState<{ readonly from: CompareItem; readonly to: CompareItem } | null>(null)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={texts.caption} tabIndex={0} className="overflow-x-auto rounded-md">
      <table className="w-full border-collapse">
        <caption className="sr-only">{texts.caption}</caption>
        <thead>
          <tr className="border-line border-b">
            <th scope="col" className={firstColumn}>
              <span className="sr-only">{texts.fact}</span>
            </th>
            {items.map((item) => (
              <ColumnHead
                key={item.image.id}
                item={item}
                items={items}
                showsAll={showsAll}
                onCopy={(to) => setCopying({ from: item, to })}
              />
            ))}
          </tr>
        </thead>
        {sections.map(({ title, rows }) => (
          <tbody key={`${title} ${rows[0]?.label}`}>
            <tr>
              <th scope="rowgroup" colSpan={items.length + 1} className="pt-4 pb-1 text-left font-semibold">
                <span className="sticky left-0">{title}</span>
              </th>
            </tr>
            {rows.map((row) => (
              <Row key={row.label} row={row} items={items} marksDifference={showsAll} />
            ))}
          </tbody>
        ))}
      </table>
      {copying !== null && <CopyProperties {...copying} save={save} onClose={() => setCopying(null)} />}
    </section>
  )
}

interface ColumnHeadProps {
  readonly item: CompareItem
  readonly items: readonly CompareItem[]
  readonly showsAll: boolean
  readonly onCopy: (to: CompareItem) => void
}

function ColumnHead({ item, items, showsAll, onCopy }: ColumnHeadProps) {
  const { image } = item
  const name = imageName(image)
  const { navigate } = useNavigation()
  const others = items.filter((other) => other !== item)
  const targets = others.filter(({ can }) => can.modify)
  const rest = others.map((other) => other.image.id)
  return (
    <th scope="col" className={`${cell} font-normal`}>
      <div className="flex items-start justify-between gap-1">
        <span className="min-w-0">
          <AppLink href={imageHref(image)} plain className="line-clamp-3 font-medium wrap-anywhere hovered:underline">
            {name}
          </AppLink>
          <span className="block font-mono text-muted text-xs">{image.id.slice(0, 8)}</span>
        </span>
        {(targets.length > 0 || others.length >= compareMin) && (
          <Menu
            label={texts.actions(name)}
            trigger={
              <IconButton label={texts.actions(name)} size="sm" className="text-muted">
                <Ellipsis aria-hidden />
              </IconButton>
            }
          >
            {targets.map((to) => (
              <MenuItem
                key={to.image.id}
                icon={<ArrowRightLeft />}
                onAction={() => onCopy(to)}
                blockedBecause={copyChanges(image, to.image).length === 0 ? texts.nothingToCopy : undefined}
              >
                {texts.copyTo(imageName(to.image))}
              </MenuItem>
            ))}
            {others.length >= compareMin && (
              <MenuItem icon={<X />} onAction={() => navigate(compareHref(rest, showsAll), { replace: true })}>
                {texts.remove(name)}
              </MenuItem>
            )}
          </Menu>
        )}
      </div>
    </th>
  )
}

interface RowProps {
  readonly row: CompareRow
  readonly items: readonly CompareItem[]
  readonly marksDifference: boolean
}

function Row({ row: { label, values, isCode, differs }, items, marksDifference }: RowProps) {
  const isMarked = marksDifference && differs
  return (
    <tr className="border-line border-t">
      <th scope="row" className={`${firstColumn} py-1.5 font-normal text-muted text-xs wrap-anywhere md:text-sm`}>
        {isCode ? <LongName name={label} /> : label}
        {isMarked && <span className="sr-only"> ({texts.differ})</span>}
      </th>
      {items.map(({ image }, index) => {
        const value = values[index] ?? null
        return (
          <td
            key={image.id}
            className={`${cell} ${isCode ? 'font-mono text-sm' : ''} ${isMarked ? 'bg-warn-soft' : ''} whitespace-pre-wrap wrap-anywhere`}
          >
            {value === null ? <span className="text-muted">{texts.absent}</span> : value === '' ? '""' : value}
          </td>
        )
      })}
    </tr>
  )
}

interface CopyPropertiesProps {
  readonly from: CompareItem
  readonly to: CompareItem
  readonly save: SaveProperties
  readonly onClose: () => void
}

/** The same review as in the editor of properties: what is sent, and whose value stays where others were faster. */
function CopyProperties({ from, to, save, onClose }: CopyPropertiesProps) {
  const { refresh } = useNavigation()
  const toast = useToast()
  const [changes, setChanges] = useState(() => copyChanges(from.image, to.image))
  const goesOn = useRef(false)
  const close = () => {
    if (!goesOn.current) onClose()
    goesOn.current = false
  }
  return (
    <ReviewDialog
      isOpen
      onClose={close}
      changes={changes}
      save={() => save({ imageId: to.image.id, changes })}
      onSaved={() => {
        toast({ kind: 'ok', title: texts.copied(imageName(to.image)) })
        onClose()
        refresh()
      }}
      onResolved={(conflicts, kept) => {
        const next = changes.flatMap((change) => {
          const conflict = conflicts.find(({ name }) => name === change.name)
          if (conflict === undefined) return [change]
          return kept.has(change.name) ? [{ ...change, was: conflict.theirs }] : []
        })
        setChanges(next)
        // The dialog closes now, unless something is left to be looked at once more.
        goesOn.current = next.length > 0
        refresh()
      }}
    />
  )
}
