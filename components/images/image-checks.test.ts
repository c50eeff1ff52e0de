import { describe, expect, it } from 'vitest'
import type { ImageView } from '@/lib/images/view'
import { checksOf } from './image-checks'
import { imageOf } from './test-image'

const GIB = 1024 ** 3
const toned = (change: Partial<ImageView>) => checksOf(imageOf(change)).map(({ tone, text }) => `${tone} ${text}`)

describe('the checks of an image', () => {
  it('are good where the record says so', () => {
    expect(toned({})).toEqual(['ok content was qcow2 as recorded', 'ok SHA-512 recorded', 'ok minimum disk fits'])
  })

  it.each<[Partial<ImageView>, string]>([
    [{ virtualSizeBytes: null }, 'info content not confirmed by this service'],
    [{ hashValue: null }, 'warn no fingerprint recorded'],
    [{ minDiskGib: 0 }, 'info no minimum disk set, needs 20 GiB'],
    [{ minDiskGib: 19 }, 'warn minimum disk is 19 GiB, needs 20 GiB'],
    [{ virtualSizeBytes: 20 * GIB + 1 }, 'warn minimum disk is 20 GiB, needs 21 GiB'],
    [{ properties: { img_signature: 'x' } }, 'warn signature incomplete'],
    [
      {
        properties: {
          img_signature: 'x',
          img_signature_hash_method: 'x',
          img_signature_key_type: 'x',
          img_signature_certificate_uuid: 'x',
        },
      },
      'info signed, not verified here',
    ],
    [{ properties: { os_glance_failed_import: 'one,two' } }, 'warn last import did not reach one, two'],
  ])('tell of %o', (change, text) => {
    expect(toned(change)).toContain(text)
  })

  it('say nothing of contents in containers, and of images without data', () => {
    expect(toned({ containerFormat: 'ova' })).not.toContain('ok content was qcow2 as recorded')
    expect(toned({ status: 'queued' })).toEqual([])
  })
})
