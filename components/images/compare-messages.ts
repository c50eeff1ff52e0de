import { texts } from '@/components/ui/texts'

/** Texts of images side by side. */
export const compareTexts = texts('compare', {
  title: 'Compare images',
  caption: 'Images side by side',
  fact: 'Fact',
  onlyDifferences: 'Only differences',
  differ: 'differs',
  same: 'These images are the same in everything that is shown here.',
  showAll: 'Show everything',
  emptyTitle: 'Pick two images',
  emptyText: 'Mark two to four images in the catalog and choose Compare.',
  toCatalog: 'To the catalog',
  gone: (count: number) =>
    count === 1
      ? 'One of the images does not exist, or you may not see it. It was left out.'
      : `${count} of the images do not exist, or you may not see them. They were left out.`,
  tooMany: (max: number) => `Only the first ${max} are compared.`,
  sameData: (names: string) => `Same data, different record: ${names}`,
  sameDataText: 'Their fingerprints are equal, so servers started from them get the very same disk.',
  remove: (name: string) => `Take ${name} out`,
  actions: (name: string) => `Actions for ${name}`,
  copyTo: (name: string) => `Copy its properties to ${name}…`,
  nothingToCopy: 'It has all of them already',
  copied: (name: string) => `Properties copied to ${name}`,
  absent: '–',
  sections: {
    record: 'Record',
    access: 'Access and limits',
    data: 'Data',
    properties: 'Other properties',
  },
  rows: {
    status: 'Status',
    owner: 'Owner',
    created: 'Created',
    updated: 'Updated',
    visibility: 'Visibility',
    protected: 'Protected',
    hidden: 'Hidden',
    minDisk: 'Minimum disk',
    minRam: 'Minimum RAM',
    diskFormat: 'Disk format',
    containerFormat: 'Container format',
    size: 'Size',
    virtualSize: 'Virtual size',
    checksum: 'MD5',
    hash: 'Hash',
    stores: 'Stores',
    tags: 'Tags',
    members: 'Projects',
  },
} as const)
