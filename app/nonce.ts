import { headers } from 'next/headers'

/** The nonce that the listener put into this request's policy; undefined under plain `next start`. */
export async function requestNonce(): Promise<string | undefined> {
  const policy = (await headers()).get('content-security-policy')
  return policy?.match(/'nonce-([^']+)'/)?.[1]
}
