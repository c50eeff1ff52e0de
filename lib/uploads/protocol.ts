/**
 * tus 1.0.0 as far as text goes, with an extension of ours; nothing here touches the network, and browsers share it.
 * Source: https://tus.io/protocols/resumable-upload.html
 */
export const TUS_VERSION = '1.0.0'
export const OFFSET_TYPE = 'application/offset+octet-stream'
export const HOLE_EXTENSION = 'glimpse-hole'

export const tusExtensions = [
  'creation',
  'creation-with-upload',
  'termination',
  'checksum',
  'expiration',
  HOLE_EXTENSION,
] as const

export const checksumAlgorithms = ['sha1', 'md5', 'sha256', 'sha512'] as const
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number]

/** Of one request; a longer hole takes several. Zeros must be hashed, and no request should take a minute. */
export const HOLE_BYTES_MAX = 1024 ** 3
export const METADATA_CHARACTERS_MAX = 8192

const digestBytes: Readonly<Record<ChecksumAlgorithm, number>> = { sha1: 20, md5: 16, sha256: 32, sha512: 64 }
const base64 = /^[A-Za-z0-9+/]*={0,2}$/

/**
 * The pairs of an Upload-Metadata header, values as text; undefined when it is malformed: a key twice, a value that is
 * not base64 of UTF-8, or a NUL character.
 */
export function parseUploadMetadata(header: string): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>()
  for (const part of header.split(',')) {
    const [key = '', value = '', ...rest] = part.trim().split(' ')
    if (key === '' && value === '' && header.trim() === '') continue
    if (!/^[\x21-\x2b\x2d-\x7e]+$/.test(key) || pairs.has(key) || rest.length > 0 || !base64.test(value))
      return undefined
    const text = decodedText(value)
    if (text === undefined) return undefined
    pairs.set(key, text)
  }
  return pairs
}

export function uploadMetadata(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([key, value]) => (value === '' ? key : `${key} ${base64Of(new TextEncoder().encode(value))}`))
    .join(',')
}

/** An Upload-Checksum header with its value as lower-case hex; undefined when it is malformed or of another algorithm. */
export function parseChecksum(header: string): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  const [name, value = '', ...rest] = header.trim().split(' ')
  const algorithm = checksumAlgorithms.find((known) => known === name)
  const hex = algorithm && rest.length === 0 ? hexOf(value, digestBytes[algorithm]) : undefined
  return algorithm === undefined || hex === undefined ? undefined : { algorithm, value: hex }
}

/**
 * The strongest digest that we know of in a Repr-Digest header (RFC 9530), which says what all bytes must hash to;
 * undefined when there is none.
 */
export function parseReprDigest(header: string): { algorithm: 'sha256' | 'sha512'; value: string } | undefined {
  for (const [algorithm, name] of [
    ['sha512', 'sha-512'],
    ['sha256', 'sha-256'],
  ] as const) {
    const found = new RegExp(`(?:^|,)\\s*${name}=:([A-Za-z0-9+/=]*):`).exec(header)?.[1]
    const value = found === undefined ? undefined : hexOf(found, digestBytes[algorithm])
    if (value !== undefined) return { algorithm, value }
  }
  return undefined
}

/** `hex` is of all bytes. */
export function reprDigest(algorithm: 'sha256' | 'sha512', hex: string): string {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return `${algorithm === 'sha512' ? 'sha-512' : 'sha-256'}=:${base64Of(bytes)}:`
}

/** A count of bytes in a header; undefined unless it is a whole number that can be counted with. */
export function parseByteCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

function hexOf(text: string, lengthBytes: number): string | undefined {
  if (!base64.test(text)) return undefined
  const bytes = decoded(text)
  if (bytes?.length !== lengthBytes) return undefined
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function decodedText(text: string): string | undefined {
  const bytes = decoded(text)
  if (bytes === undefined) return undefined
  try {
    const value = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return value.includes('\0') ? undefined : value
  } catch {
    return undefined
  }
}

function decoded(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
