import type { SourcePreview } from '@/lib/imports/view'

/** An address that data comes from, with what was found there when it was looked at. */
export interface UrlDraft {
  readonly url: string
  readonly checksum: string
  readonly preview: SourcePreview | null
}

export const emptyUrl: UrlDraft = { url: '', checksum: '', preview: null }

const lengths: Readonly<Record<number, 'md5' | 'sha256' | 'sha512'>> = { 32: 'md5', 64: 'sha256', 128: 'sha512' }

/** Which digest a checksum is, by its length; null for none, undefined for text that is none. */
export function digestOf(text: string): { algorithm: 'md5' | 'sha256' | 'sha512'; value: string } | null | undefined {
  const value = text.trim().toLowerCase()
  if (value === '') return null
  const algorithm = lengths[value.length]
  return algorithm !== undefined && /^[0-9a-f]+$/.test(value) ? { algorithm, value } : undefined
}
