import { formatBytes, formatCount, formatMoment } from '@/components/ui/format'
import { uiTexts } from '@/components/ui/messages'
import type { ImageView } from '@/lib/images/view'
import { compareTexts } from './compare-messages'
import { detailTexts } from './detail-messages'
import { imageName } from './image-columns'
import { imageTexts } from './messages'

/** One image with what is known of whom it is shared with; null where the rules do not tell the reader. */
export interface Compared {
  readonly image: ImageView
  readonly members: readonly string[] | null
}

/** Properties that belong together by a definition. */
export interface PropertyTitle {
  readonly key: string
  readonly group: string
}

export interface CompareRow {
  readonly label: string
  readonly isCode: boolean
  /** one for each image; null: it has none */
  readonly values: readonly (string | null)[]
  readonly differs: boolean
}

export interface CompareSection {
  readonly title: string
  readonly rows: readonly CompareRow[]
}

const { sections, rows: labels } = compareTexts

/** The service's own notes; they say nothing about the image. */
const OWN_PREFIX = 'os_glance'

/** Everything that can be told apart, in sections; properties by the definitions that describe them. */
export function compareSections(
  compared: readonly Compared[],
  titles: readonly PropertyTitle[],
): readonly CompareSection[] {
  const images = compared.map(({ image }) => image)
  const row = (label: string, read: (image: ImageView) => string | null, isCode = false): CompareRow =>
    rowOf(label, images.map(read), isCode)
  const yesNo = (value: boolean) => (value ? imageTexts.yes : imageTexts.no)
  const size = (value: number | null) =>
    value === null ? null : `${formatBytes(value)} (${uiTexts.bytes(formatCount(value))})`
  const members = compared.map(({ members: list }) => list?.join(', ') || null)
  return [
    {
      title: sections.data,
      rows: [
        row(labels.status, ({ status }) => imageTexts.status[status]),
        row(labels.diskFormat, ({ diskFormat }) => diskFormat),
        row(labels.containerFormat, ({ containerFormat }) => containerFormat),
        row(labels.size, ({ sizeBytes }) => size(sizeBytes)),
        row(labels.virtualSize, ({ virtualSizeBytes }) => size(virtualSizeBytes)),
        row(labels.hash, hashOf, true),
        row(labels.checksum, ({ checksum }) => checksum, true),
        row(labels.stores, ({ storeIds }) => (storeIds.length === 0 ? null : storeIds.toSorted().join(', '))),
      ],
    },
    {
      title: sections.access,
      rows: [
        row(labels.visibility, ({ visibility }) => imageTexts.visibility[visibility]),
        row(labels.protected, ({ isProtected }) => yesNo(isProtected)),
        row(labels.hidden, ({ isHidden }) => yesNo(isHidden)),
        row(labels.minDisk, ({ minDiskGib }) => detailTexts.gib(minDiskGib)),
        row(labels.minRam, ({ minRamMib }) => detailTexts.mib(minRamMib)),
        ...(compared.every(({ members: list }) => list === null) ? [] : [rowOf(labels.members, members, true)]),
        row(labels.tags, ({ tags }) => (tags.length === 0 ? null : tags.toSorted().join(', '))),
      ],
    },
    ...propertySections(images, titles),
    {
      title: sections.record,
      rows: [
        row(labels.owner, ({ ownerId }) => ownerId, true),
        row(labels.created, ({ createdAt }) => `${formatMoment(new Date(createdAt), 'UTC')} UTC`),
        row(labels.updated, ({ updatedAt }) => `${formatMoment(new Date(updatedAt), 'UTC')} UTC`),
      ],
    },
  ]
}

function propertySections(images: readonly ImageView[], titles: readonly PropertyTitle[]): readonly CompareSection[] {
  const groupOf = new Map(titles.toReversed().map(({ key, group }) => [key, group]))
  const keys = [...new Set(images.flatMap(({ properties }) => Object.keys(properties)))]
    .filter((key) => !key.startsWith(OWN_PREFIX))
    .toSorted((one, other) => one.localeCompare(other))
  const byGroup = groupBy(keys, (key) => groupOf.get(key) ?? sections.properties)
  return [...byGroup]
    .toSorted(([one], [other]) => Number(one === sections.properties) - Number(other === sections.properties))
    .map(([title, names]) => ({
      title,
      rows: names.map((name) => {
        const values = images.map(({ properties }) =>
          Object.hasOwn(properties, name) ? (properties[name] ?? '') : null,
        )
        return rowOf(name, values, true)
      }),
    }))
}

function rowOf(label: string, values: readonly (string | null)[], isCode: boolean): CompareRow {
  return { label, values, isCode, differs: values.some((value) => value !== values[0]) }
}

function hashOf({ hashAlgorithm, hashValue }: ImageView): string | null {
  return hashValue === null ? null : `${hashAlgorithm}: ${hashValue}`
}

/** Names of images whose data is the same by its hash, two or more at a time. */
export function sameData(images: readonly ImageView[]): readonly (readonly string[])[] {
  const withHash = images.filter(({ hashValue }) => hashValue !== null)
  const groups = groupBy(withHash, (image) => `${image.sizeBytes} ${hashOf(image)}`)
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => group.map((image) => `${imageName(image)} (${image.id.slice(0, 8)})`))
}

/** What must change in `to` so that it has all properties of `from`; what it has beside them stays. */
export function copyChanges(from: ImageView, to: ImageView) {
  return Object.entries(from.properties)
    .filter(([name, value]) => !name.startsWith(OWN_PREFIX) && to.properties[name] !== value)
    .map(([name, value]) => ({ name, was: to.properties[name] ?? null, value }))
    .toSorted((one, other) => one.name.localeCompare(other.name))
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value])
  return groups
}
