import { texts } from '@/components/ui/texts'
import type { CopyBlock, RemoveBlock } from '@/lib/imports/view'

/** Texts about the stores that hold an image's data. */
export const locationTexts = texts('location', {
  title: 'Stores',
  intro: (there: number, all: number) =>
    there === 0 ? 'No store has data of this image.' : `Its data is in ${there} of ${all} stores.`,
  hidden: 'While the image is deactivated, only administrators see where its data is.',
  noData: 'It has no data yet. Once it has, this page shows where it is kept and copies it to other stores.',
  state: { there: 'has the data', coming: 'on its way', absent: 'not here' },
  readFirst: 'read first',
  isDefault: 'default',
  readOnly: 'read-only',
  lost: 'not configured any more',
  failed: 'The last copy to this store failed.',
  address: (storeId: string) => `Copy the address in ${storeId}`,
  copy: 'Copy here…',
  copyTo: (storeId: string) => `Copy to ${storeId}`,
  copyAll: 'Copy to all others…',
  remove: 'Remove…',
  removeFrom: (storeId: string) => `Remove from ${storeId}`,
  copyBlock: {
    'not-active': 'Only an active image can be copied',
    'no-formats': 'Its formats must be set first',
    busy: 'Another import or copy of it is running',
    'read-only': 'This store takes no data now',
    'being-removed': 'Its former data is still being removed from this store',
  } satisfies Readonly<Record<CopyBlock, string>>,
  removeBlock: {
    'not-active': 'Data can only be removed from an active image',
    last: 'The only copy; delete the image to remove it',
    'not-configured': 'This node does not know the store',
  } satisfies Readonly<Record<RemoveBlock, string>>,
  copyTitle: (names: readonly string[]) => `Copy to ${names.join(', ')}?`,
  copyText: (size: string, count: number) =>
    count === 1 ? `${size} will be written.` : `${size} will be written to each of ${count} stores.`,
  copyHelp: 'The copy runs in the background, and the image can be used meanwhile. It counts against the quota.',
  free: (storeId: string, size: string) => `${storeId} has ${size} free`,
  tooSmall: (storeId: string, size: string) => `${storeId} has only ${size} free`,
  copyConfirm: 'Copy',
  copyBegun: (names: readonly string[]) => `The copy to ${names.join(', ')} has begun`,
  nothingToCopy: 'Nothing was copied',
  removeTitle: (storeId: string) => `Remove the data from ${storeId}?`,
  removeText: (others: readonly string[]) =>
    `The data there is deleted for good. The image stays, with its data in ${others.join(', ')}.`,
  removeHelp: (storeId: string) => `Type ${storeId} to confirm`,
  mismatch: (storeId: string) => `This is not ${storeId}`,
  removeConfirm: 'Remove the data',
  removed: (storeId: string) => `The data is removed from ${storeId}`,
  notRemoved: 'Nothing was removed',
  cancel: 'Cancel',
  task: 'Its task',
} as const)
