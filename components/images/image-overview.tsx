'use client'

import { Banner } from '@/components/ui/banner'
import { Bytes } from '@/components/ui/bytes'
import { CopyText } from '@/components/ui/copy-text'
import { AppLink } from '@/components/ui/link'
import { LongName } from '@/components/ui/long-name'
import { Time } from '@/components/ui/time'
import type { FormatRules } from '@/components/uploads/file-verdict'
import { detailTexts } from './detail-messages'
import { type Fact, FactList } from './fact-list'
import { ImageChecks } from './image-checks-line'
import { imageHref, None } from './image-columns'
import { ImageData } from './image-data'
import { ImageDescription } from './image-description'
import { ImageDownload, type ImageDownloadProps } from './image-download'
import { ImageTags, type TagActions } from './image-tags'
import { imageTexts } from './messages'
import { StatusTag } from './status-tag'
import type { ImageActions, ImageItem } from './view'
import { VisibilityFact } from './visibility-fact'

export interface ImageOverviewProps {
  readonly item: ImageItem
  /** The project that the reader works in. */
  readonly projectId: string | null
  readonly rules: FormatRules
  readonly actions: ImageActions
  readonly tagActions: TagActions
  readonly canDescribe: boolean
  readonly download: ImageDownloadProps['subject']
}

const { facts: names } = detailTexts

/** Everything that is known of an image, and its next step when it has no data yet. */
export function ImageOverview(props: ImageOverviewProps) {
  const { item, projectId, rules, actions, tagActions } = props
  const { image, can } = item
  return (
    <div className="flex flex-col gap-6 px-4 pt-5 pb-16 md:px-6">
      <ImageData item={item} rules={rules} patch={actions.patch} />
      {image.status === 'killed' && <Banner tone="danger">{detailTexts.killed}</Banner>}
      {image.status === 'deactivated' && <Banner tone="warn">{detailTexts.deactivated}</Banner>}
      <ImageDescription item={item} canEdit={can.modify && props.canDescribe} actions={actions} />
      <ImageChecks image={image} />
      <div className="grid grid-cols-1 items-start gap-x-10 gap-y-7 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-7">
          <FactList title={names.data} facts={dataFacts(item)} />
          <FactList title={names.record} facts={recordFacts(item, projectId)} />
          {image.sizeBytes !== null && <ImageDownload item={item} subject={props.download} />}
        </div>
        <div className="flex min-w-0 flex-col gap-7">
          <FactList title={names.rules} facts={ruleFacts(item, actions)} />
          <ImageTags imageId={image.id} tags={image.tags} canModify={can.modify} actions={tagActions} />
          <Properties href={`${imageHref(image)}/properties`} properties={image.properties} canModify={can.modify} />
        </div>
      </div>
    </div>
  )
}

function dataFacts({ image }: ImageItem): readonly Fact[] {
  const hash = image.hashAlgorithm?.toUpperCase().replace(/^SHA/, 'SHA-')
  return [
    { label: names.status, value: <StatusTag status={image.status} /> },
    { label: names.diskFormat, value: image.diskFormat ?? <None /> },
    { label: names.containerFormat, value: image.containerFormat ?? <None /> },
    { label: names.size, value: image.sizeBytes === null ? <None /> : <Bytes value={image.sizeBytes} /> },
    {
      label: names.virtualSize,
      value: image.virtualSizeBytes === null ? <None /> : <Bytes value={image.virtualSizeBytes} />,
    },
    { label: names.checksum, value: <Hash value={image.checksum} name={names.checksum} /> },
    ...(hash === undefined ? [] : [{ label: hash, value: <Hash value={image.hashValue} name={hash} /> }]),
    { label: names.stores, value: image.storeIds.length === 0 ? <None /> : image.storeIds.join(', ') },
  ]
}

function Hash({ value, name }: { value: string | null; name: string }) {
  return value === null ? <None /> : <CopyText text={value} label={detailTexts.copyOf(name)} />
}

function recordFacts({ image }: ImageItem, projectId: string | null): readonly Fact[] {
  return [
    { label: names.id, value: <CopyText text={image.id} label={detailTexts.copyOf(names.id)} /> },
    {
      label: names.owner,
      value:
        image.ownerId === null ? (
          detailTexts.noOwner
        ) : (
          <>
            <CopyText text={image.ownerId} label={detailTexts.copyOf(names.owner)} />
            {image.ownerId === projectId && <span className="text-muted text-sm"> {detailTexts.ownProject}</span>}
          </>
        ),
    },
    { label: names.created, value: <Time iso={image.createdAt} /> },
    { label: names.updated, value: <Time iso={image.updatedAt} /> },
  ]
}

function ruleFacts(item: ImageItem, actions: ImageActions): readonly Fact[] {
  const { image } = item
  const { gib, mib, noMinimum } = detailTexts
  return [
    { label: names.visibility, value: <VisibilityFact item={item} actions={actions} /> },
    { label: names.protected, value: image.isProtected ? imageTexts.yes : imageTexts.no },
    { label: names.hidden, value: image.isHidden ? imageTexts.yes : imageTexts.no },
    { label: names.minDisk, value: image.minDiskGib === 0 ? noMinimum : gib(image.minDiskGib) },
    { label: names.minRam, value: image.minRamMib === 0 ? noMinimum : mib(image.minRamMib) },
  ]
}

/** The service's own notes, told by the checks and the places of the data. */
const OWN_PREFIX = 'os_glance'

interface PropertiesProps {
  /** of the page that edits them */
  readonly href: string
  readonly properties: Readonly<Record<string, string>>
  readonly canModify: boolean
}

function Properties({ href, properties, canModify }: PropertiesProps) {
  const entries = Object.entries(properties)
    .filter(([name]) => name !== 'description' && !name.startsWith(OWN_PREFIX))
    .sort(([one], [other]) => one.localeCompare(other))
  return (
    <section>
      <div className="flex items-center justify-between gap-3 pb-1.5">
        <h2 className="font-semibold">{detailTexts.properties}</h2>
        {canModify && <AppLink href={href}>{detailTexts.edit}</AppLink>}
      </div>
      {entries.length === 0 ? (
        <p className="text-muted text-sm">{detailTexts.noProperties}</p>
      ) : (
        <dl className="divide-y divide-line border-line border-y font-mono text-sm">
          {entries.map(([name, value]) => (
            <div key={name} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-x-3 py-1.5">
              <dt className="text-muted wrap-anywhere">
                <LongName name={name} />
              </dt>
              <dd className="whitespace-pre-wrap wrap-anywhere">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}
