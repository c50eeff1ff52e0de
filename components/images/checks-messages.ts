import { texts } from '@/components/ui/texts'

/** Texts of the line of checks on an image's first page. */
export const checkTexts = texts('check', {
  label: 'Checks',
  more: 'Security',
  format: (format: string) => `content was ${format} as recorded`,
  noFormat: 'content not confirmed by this service',
  hash: (algorithm: string) => `${algorithm.toUpperCase().replace(/^SHA/, 'SHA-')} recorded`,
  noHash: 'no fingerprint recorded',
  minimum: 'minimum disk fits',
  minimumUnset: (gib: number) => `no minimum disk set, needs ${gib} GiB`,
  minimumSmall: (set: number, needed: number) => `minimum disk is ${set} GiB, needs ${needed} GiB`,
  signed: 'signed, not verified here',
  signatureIncomplete: 'signature incomplete',
  copyFailed: (stores: string) => `last import did not reach ${stores}`,
} as const)
