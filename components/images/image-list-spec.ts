import type { ListSpec } from '@/components/table/list-spec'
import { imageTexts } from './messages'

export const imageViews = ['all', 'mine', 'public', 'community', 'shared', 'hidden', 'every'] as const
export type ImageListView = (typeof imageViews)[number]

export const imageColumns = [
  'name',
  'status',
  'visibility',
  'format',
  'size',
  'os',
  'tags',
  'updated',
  'created',
  'minimum',
  'protected',
  'hash',
  'stores',
  'owner',
] as const

export const defaultImageColumns = ['name', 'status', 'visibility', 'format', 'size', 'os', 'updated'] as const
export const defaultPageSize = 25

export interface ImageFormats {
  readonly disk: readonly string[]
  readonly container: readonly string[]
}

const hints = imageTexts.filterHints

/** What the catalog can filter, sort and show; the formats and stores are those of this cloud. */
export function imageListSpec(formats: ImageFormats, storeIds: readonly string[], isAdmin: boolean): ListSpec {
  return {
    views: isAdmin ? imageViews : imageViews.filter((view) => view !== 'every'),
    filters: [
      {
        key: 'status',
        type: 'choice',
        hint: hints.status,
        choices: ['active', 'queued', 'saving', 'uploading', 'importing', 'deactivated', 'killed', 'pending_delete'],
      },
      {
        key: 'visibility',
        type: 'choice',
        hint: hints.visibility,
        choices: ['private', 'shared', 'community', 'public'],
        isSingle: true,
      },
      { key: 'format', type: 'choice', hint: hints.format, choices: formats.disk },
      { key: 'container', type: 'choice', hint: hints.container, choices: formats.container },
      { key: 'tag', type: 'text', hint: hints.tag, isRepeatable: true },
      { key: 'size', type: 'size', hint: hints.size },
      { key: 'created', type: 'moment', hint: hints.created },
      { key: 'updated', type: 'moment', hint: hints.updated },
      { key: 'property', type: 'property', hint: hints.property, isRepeatable: true },
      { key: 'store', type: 'choice', hint: hints.store, choices: storeIds, isSingle: true },
      { key: 'protected', type: 'flag', hint: hints.protected },
      { key: 'owner', type: 'text', hint: hints.owner },
    ],
    sorts: ['name', 'status', 'format', 'size', 'created', 'updated'],
    columns: imageColumns,
    pageSizes: [25, 50, 100, 200],
  }
}
