import { lookup } from 'node:dns/promises'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'

/** Where a download may connect to: an address of the URI's host that was looked at and is used as it is. */
export interface CheckedUri {
  readonly url: URL
  readonly address: string
  readonly family: 4 | 6
}

export interface UriUse {
  /** what the URI is for, in the words of a refusal */
  readonly subject: string
  /** The operator chose the address, so it may lie in their network. */
  readonly isTrusted?: boolean
}

export const webDownload: UriUse = { subject: 'URI for web-download' }

function refused(uri: string, { subject }: UriUse) {
  return apiError('bad_request', { public: `${subject} does not pass filtering: ${uri}` })
}

/**
 * Resolves a URI's host once and says where to connect. Throws `bad_request` when scheme, host, port or address are
 * not allowed, or the host has no address. Hosts written as numbers other than a dotted quad are refused, since
 * resolvers read them as addresses. Source: images.md 8.4; addresses inside the operator's network are ours.
 */
export async function checkUri(uri: string, use: UriUse = webDownload): Promise<CheckedUri> {
  const url = allowedUrl(uri, use)
  const allowPrivate = use.isTrusted === true || config().imports.allowPrivateAddresses
  const target = await resolveOnce(url, { allowPrivate })
  if (target === undefined) throw refused(uri, use)
  return { url, ...target }
}

/** An address of a URL's host, looked up once; undefined when it has none, or one that is private and may not be. */
export async function resolveOnce(
  url: URL,
  { allowPrivate }: { readonly allowPrivate: boolean },
): Promise<Omit<CheckedUri, 'url'> | undefined> {
  const addresses = await addressesOf(url.hostname.replace(/^\[|\]$/g, ''))
  // One forbidden address among several could be the one a second look-up gives.
  if (!allowPrivate && addresses.some(({ address }) => isPrivate(address))) return undefined
  const [first] = addresses
  return first === undefined ? undefined : { address: first.address, family: first.family === 6 ? 6 : 4 }
}

/** Has a request connect to the address that was looked at: another look-up could give another one. */
export function lookupGiving({ address, family }: Omit<CheckedUri, 'url'>): LookupFunction {
  return (_host, options, found) => {
    if (options.all) found(null, [{ address, family }])
    else found(null, address, family)
  }
}

/** The part of the check that needs no look-up. */
export function allowedUrl(uri: string, use: UriUse = webDownload): URL {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(uri.trim())
  const written = authority?.[1] ?? ''
  let url: URL
  try {
    url = new URL(uri.trim())
  } catch {
    throw refused(uri, use)
  }
  const { imports } = config()
  const scheme = url.protocol.slice(0, -1)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isOddNumber = isIP(host) === 4 && written !== host
  if (written === '' || host === '' || isOddNumber || url.username !== '' || url.password !== '')
    throw refused(uri, use)
  if (!passes(scheme, imports.allowedSchemes, imports.disallowedSchemes)) throw refused(uri, use)
  if (!passes(comparable(host), imports.allowedHosts, imports.disallowedHosts)) throw refused(uri, use)
  const port = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i.exec(uri.trim())?.[1]
  if (port !== undefined && !passes(String(Number(port)), imports.allowedPorts, imports.disallowedPorts)) {
    throw refused(uri, use)
  }
  return url
}

/** The one spelling of a host: no dot at the end, and an IPv4 address that is written as an IPv6 one as itself. */
function comparable(host: string): string {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(host) ?? []
  if (high === undefined || low === undefined) return host.toLowerCase().replace(/\.$/, '')
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [first >> 8, first & 255, second >> 8, second & 255].join('.')
}

/** A list of what is allowed decides alone; without one, what is forbidden does. */
function passes(value: string, allowed: readonly string[], forbidden: readonly string[]): boolean {
  const isIn = (list: readonly string[]) => list.some((item) => item.toLowerCase() === value)
  return allowed.length > 0 ? isIn(allowed) : !isIn(forbidden)
}

/** None for a name that nobody knows. */
async function addressesOf(host: string): Promise<{ address: string; family: number }[]> {
  const family = isIP(host)
  if (family !== 0) return [{ address: host, family }]
  try {
    return await lookup(host, { all: true, verbatim: true })
  } catch {
    return []
  }
}

const insideV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const
const insideV6 = [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const

const inside = new BlockList()
for (const [address, bits] of insideV4) inside.addSubnet(address, bits, 'ipv4')
for (const [address, bits] of insideV6) inside.addSubnet(address, bits, 'ipv6')

/** Loopback, link-local, private, shared and multicast addresses, also written as IPv6 ones. */
export function isPrivate(address: string): boolean {
  return inside.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
