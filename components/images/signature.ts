/** What OpenStack signs images with, in the order in which people read it. */
export const signatureProperties = [
  'img_signature_key_type',
  'img_signature_hash_method',
  'img_signature_certificate_uuid',
  'img_signature',
] as const

export type SignatureState = 'none' | 'incomplete' | 'complete'

export function signatureState(properties: Readonly<Record<string, string>>): SignatureState {
  const present = signatureProperties.filter((name) => (properties[name] ?? '') !== '')
  if (present.length === 0) return 'none'
  return present.length === signatureProperties.length ? 'complete' : 'incomplete'
}
