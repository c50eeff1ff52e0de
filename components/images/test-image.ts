import type { ImageView } from '@/lib/images/view'

/** For tests: an active image, with these differences. */
export function imageOf(change: Partial<ImageView> = {}): ImageView {
  return {
    id: 'i',
    name: 'a',
    status: 'active',
    visibility: 'shared',
    ownerId: 'p',
    memberId: null,
    diskFormat: 'qcow2',
    containerFormat: 'bare',
    sizeBytes: 1,
    virtualSizeBytes: 20 * 1024 ** 3,
    checksum: 'c',
    hashAlgorithm: 'sha512',
    hashValue: 'v',
    minRamMib: 0,
    minDiskGib: 20,
    isProtected: false,
    isHidden: false,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    tags: [],
    properties: {},
    storeIds: [],
    ...change,
  }
}
