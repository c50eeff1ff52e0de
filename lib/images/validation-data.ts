import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'
import type { Image, ValidationData } from './image'

export interface KnownDigests {
  readonly checksum?: string
  readonly hashAlgorithm?: string
  readonly hashValue?: string
}

const digestBytes: Readonly<Record<string, number>> = { md5: 16, sha1: 20, sha256: 32, sha512: 64 }

/** How long digests of this algorithm are, undefined when nobody knows it. */
export function digestLength(algorithm: string): number | undefined {
  return Object.hasOwn(digestBytes, algorithm) ? digestBytes[algorithm] : undefined
}

export function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^[0-9a-f]*$/i.test(text)
}

function conflict(text: string) {
  return apiError('conflict', { public: text })
}

/**
 * The digests that locations bring to an image, without those it has. Throws `conflict` when they contradict each other
 * or the image, come too late, or cannot be digests. Source: images.md 6.5.
 */
export function newDigests(
  image: Pick<Image, 'status' | 'checksum' | 'hashAlgorithm' | 'hashValue'>,
  given: readonly ValidationData[],
): KnownDigests {
  const { checksum, hashAlgorithm, hashValue } = image
  const fresh = {
    checksum: freshValue('checksum', given, checksum),
    os_hash_algo: freshValue('os_hash_algo', given, hashAlgorithm),
    os_hash_value: freshValue('os_hash_value', given, hashValue),
  }
  const names = Object.entries(fresh).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (names.length === 0) return {}
  if (image.status !== 'queued') {
    throw conflict(`New value(s) for ${names.join(', ')} may only be provided when image status is 'queued'`)
  }
  if (fresh.checksum !== undefined) checkDigest('checksum', fresh.checksum, { algorithm: 'md5', phrase: 'md5' })
  const wanted = config().images.hashAlgorithm
  if (fresh.os_hash_algo !== wanted) {
    throw conflict(`os_hash_algo must be ${wanted}, not ${fresh.os_hash_algo ?? 'None'}`)
  }
  const value = fresh.os_hash_value ?? ''
  checkDigest('os_hash_value', value, { algorithm: wanted, phrase: wanted })
  return {
    ...(fresh.checksum !== undefined && { checksum: fresh.checksum.toLowerCase() }),
    hashAlgorithm: wanted,
    hashValue: value.toLowerCase(),
  }
}

function freshValue(
  name: keyof ValidationData,
  given: readonly ValidationData[],
  known: string | null,
): string | undefined {
  const [value, ...others] = given.flatMap((data) => data[name] ?? [])
  if (others.some((other) => other !== value)) throw conflict(`Conflicting values for ${name}`)
  if (value === undefined || value === known) return undefined
  if (known !== null) throw conflict(`${name} is already set with a different value`)
  return value
}

function checkDigest(
  name: string,
  value: string,
  { algorithm, phrase }: { readonly algorithm: string; readonly phrase: string },
): void {
  if (!isHex(value)) throw conflict(`${name} (${value}) is not a valid hexadecimal value`)
  const bytes = digestLength(algorithm)
  if (value.length / 2 !== bytes) {
    throw conflict(`${name} (${value}) is not the correct size for ${phrase} (should be ${bytes} bytes)`)
  }
}
