import type { ImageView } from '@/lib/images/view'
import { checkTexts as texts } from './checks-messages'
import { signatureState } from './signature'

export interface Check {
  readonly tone: 'ok' | 'info' | 'warn'
  readonly text: string
}

const GIB = 1024 ** 3

/** What the record alone tells of an image's soundness; nothing of one without data. */
export function checksOf(image: ImageView): readonly Check[] {
  if (image.status !== 'active' && image.status !== 'deactivated') return []
  return [formatCheck(image), hashCheck(image), minimumCheck(image), signatureCheck(image), copyCheck(image)].filter(
    (check) => check !== null,
  )
}

/** A virtual size is recorded of content that was found to be what it is said to be, and of no other. */
function formatCheck({ containerFormat, diskFormat, virtualSizeBytes }: ImageView): Check | null {
  if (containerFormat !== 'bare' || diskFormat === null) return null
  return virtualSizeBytes === null
    ? { tone: 'info', text: texts.noFormat }
    : { tone: 'ok', text: texts.format(diskFormat) }
}

function hashCheck({ hashAlgorithm, hashValue }: ImageView): Check {
  return hashValue === null || hashAlgorithm === null
    ? { tone: 'warn', text: texts.noHash }
    : { tone: 'ok', text: texts.hash(hashAlgorithm) }
}

function minimumCheck({ minDiskGib, virtualSizeBytes }: ImageView): Check | null {
  if (virtualSizeBytes === null) return null
  const neededGib = Math.ceil(virtualSizeBytes / GIB)
  if (minDiskGib >= neededGib) return { tone: 'ok', text: texts.minimum }
  return minDiskGib === 0
    ? { tone: 'info', text: texts.minimumUnset(neededGib) }
    : { tone: 'warn', text: texts.minimumSmall(minDiskGib, neededGib) }
}

function signatureCheck({ properties }: ImageView): Check | null {
  const state = signatureState(properties)
  if (state === 'none') return null
  return state === 'complete' ? { tone: 'info', text: texts.signed } : { tone: 'warn', text: texts.signatureIncomplete }
}

function copyCheck({ properties }: ImageView): Check | null {
  const failed = (properties.os_glance_failed_import ?? '').split(',').filter((name) => name !== '')
  return failed.length === 0 ? null : { tone: 'warn', text: texts.copyFailed(failed.join(', ')) }
}
