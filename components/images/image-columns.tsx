import { EyeOff, ShieldCheck } from 'lucide-react'
import type { Column } from '@/components/table/data-table'
import { Bytes } from '@/components/ui/bytes'
import { AppLink } from '@/components/ui/link'
import { Time } from '@/components/ui/time'
import type { ImageView } from '@/lib/images/view'
import { imageTexts } from './messages'
import { GoneTag, StatusTag, VisibilityTag } from './status-tag'
import type { ImageItem } from './view'

const titles = imageTexts.columns

export function imageName(image: Pick<ImageView, 'name'>): string {
  return image.name === null || image.name === '' ? imageTexts.unnamed : image.name
}

export function imageHref(image: Pick<ImageView, 'id'>): string {
  return `/images/${encodeURIComponent(image.id)}`
}

export function osOf(image: Pick<ImageView, 'properties'>): string {
  const { os_distro: distro, os_version: version, architecture } = image.properties
  return [distro, version, architecture].filter(Boolean).join(' ')
}

const columns: readonly (Omit<Column<ImageItem>, 'header'> & { readonly id: keyof typeof titles })[] = [
  {
    id: 'name',
    isSortable: true,
    card: 'title',
    className: 'md:max-w-44 lg:max-w-56 xl:max-w-80',
    cell: ({ image }) => <NameCell image={image} />,
  },
  {
    id: 'status',
    isSortable: true,
    card: 'status',
    cell: ({ image, isGone }) => (isGone ? <GoneTag /> : <StatusTag status={image.status} />),
  },
  {
    id: 'visibility',
    card: 'fact',
    cell: (item) => <VisibilityCell item={item} />,
  },
  {
    id: 'format',
    isSortable: true,
    card: 'fact',
    room: 'some',
    className: 'whitespace-nowrap',
    cell: ({ image }) => <FormatCell image={image} />,
  },
  {
    id: 'size',
    isSortable: true,
    align: 'end',
    card: 'fact',
    className: 'whitespace-nowrap',
    cell: ({ image }) => <SizeCell image={image} />,
  },
  {
    id: 'os',
    room: 'much',
    className: 'md:max-w-48 truncate',
    cell: ({ image }) => osOf(image) || <None />,
  },
  {
    id: 'tags',
    room: 'much',
    className: 'md:max-w-56',
    cell: ({ image }) => <NamesCell names={image.tags} />,
  },
  {
    id: 'updated',
    isSortable: true,
    room: 'more',
    className: 'text-muted whitespace-nowrap',
    cell: ({ image }) => <Time iso={image.updatedAt} />,
  },
  {
    id: 'created',
    isSortable: true,
    room: 'much',
    className: 'text-muted whitespace-nowrap',
    cell: ({ image }) => <Time iso={image.createdAt} />,
  },
  {
    id: 'minimum',
    room: 'much',
    className: 'whitespace-nowrap',
    cell: ({ image }) =>
      image.minDiskGib === 0 && image.minRamMib === 0 ? (
        <None />
      ) : (
        imageTexts.minimum(image.minDiskGib, image.minRamMib)
      ),
  },
  {
    id: 'protected',
    room: 'much',
    cell: ({ image }) => (image.isProtected ? imageTexts.yes : imageTexts.no),
  },
  { id: 'hash', room: 'much', cell: ({ image }) => <HashCell image={image} /> },
  { id: 'stores', room: 'much', className: 'md:max-w-56', cell: ({ image }) => <NamesCell names={image.storeIds} /> },
  { id: 'owner', room: 'much', className: 'md:max-w-48', cell: (item) => <OwnerCell item={item} /> },
]

/** Every column the catalog knows; which of them show is the reader's choice. */
export const imageTableColumns: readonly Column<ImageItem>[] = columns.map((column) => ({
  ...column,
  // Read when it is shown, in the language of that moment.
  get header() {
    return titles[column.id]
  },
}))

function NameCell({ image }: { image: ImageView }) {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <AppLink
        href={imageHref(image)}
        plain
        className="min-w-0 truncate py-1 font-medium text-text decoration-muted underline-offset-2 hovered:underline"
      >
        {imageName(image)}
      </AppLink>
      {image.isProtected && (
        <span title={imageTexts.protected} className="shrink-0">
          <ShieldCheck className="size-3.5 text-muted" aria-hidden />
          <span className="sr-only">{imageTexts.protected}</span>
        </span>
      )}
      {image.isHidden && (
        <span className="inline-flex shrink-0 items-center gap-1 text-muted text-xs">
          <EyeOff className="size-3.5" aria-hidden />
          {imageTexts.hidden}
        </span>
      )}
    </span>
  )
}

function FormatCell({ image }: { image: ImageView }) {
  if (image.diskFormat === null) return <None />
  const isPlain = image.containerFormat === null || image.containerFormat === 'bare'
  return (
    <>
      {image.diskFormat}
      {!isPlain && <span className="text-muted"> / {image.containerFormat}</span>}
    </>
  )
}

function SizeCell({ image }: { image: ImageView }) {
  if (image.sizeBytes === null) return <None />
  return (
    <>
      <Bytes value={image.sizeBytes} />
      {image.virtualSizeBytes !== null && image.virtualSizeBytes !== image.sizeBytes && (
        <span className="text-muted">
          {' / '}
          <Bytes value={image.virtualSizeBytes} />
        </span>
      )}
    </>
  )
}

const namesShown = 3

function NamesCell({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <None />
  return (
    <span className="flex gap-1 overflow-hidden" title={names.join(', ')}>
      {names.slice(0, namesShown).map((name) => (
        <span key={name} className="truncate rounded-sm bg-surface px-1.5 text-sm">
          {name}
        </span>
      ))}
      {names.length > namesShown && <span className="text-muted text-sm">+{names.length - namesShown}</span>}
    </span>
  )
}

/** Whom a shared image is offered to matters as much as that it may be. */
function VisibilityCell({ item: { image, sharedWith } }: { item: ImageItem }) {
  return (
    <>
      <VisibilityTag visibility={image.visibility} />
      {sharedWith && (
        <span className="text-muted text-sm max-md:ml-1.5 md:block">
          {imageTexts.sharedWith(sharedWith.count, sharedWith.pending)}
        </span>
      )}
    </>
  )
}

function HashCell({ image }: { image: ImageView }) {
  if (image.hashValue === null) return <None />
  return (
    <span className="whitespace-nowrap" title={image.hashValue}>
      <span className="text-muted text-sm">{image.hashAlgorithm} </span>
      <span className="font-mono text-sm">{image.hashValue.slice(0, 12)}</span>
    </span>
  )
}

function OwnerCell({ item: { image, ownerName } }: { item: ImageItem }) {
  const { ownerId } = image
  if (ownerId === null) return <None />
  if (ownerName) {
    return (
      <span className="block truncate" title={ownerId}>
        {ownerName}
      </span>
    )
  }
  return (
    <span className="font-mono text-sm" title={ownerId}>
      {ownerId.slice(0, 12)}
    </span>
  )
}

export function None() {
  return <span className="text-muted">{imageTexts.none}</span>
}
