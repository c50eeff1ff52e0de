import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { processSingleton } from '@/lib/runtime/process-singleton'

interface ScryptCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/** OWASP's parameters for scrypt with 32 MiB; about a quarter second of one core. */
const cost: ScryptCost = { N: 2 ** 15, r: 8, p: 3 }
const KEY_BYTES = 32
const SALT_BYTES = 16

export interface SecretVerdict {
  readonly matches: boolean
  /** the hash was made with less work than is asked today and should be made anew */
  readonly isWeak: boolean
}

/** Hashes a secret that a person chose. The text carries its parameters: `$scrypt$N=…,r=…,p=…$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const key = await deriveKey(password, salt, cost)
  return `$scrypt$N=${cost.N},r=${cost.r},p=${cost.p}$${salt.toString('base64url')}$${key.toString('base64url')}`
}

/**
 * Compares in constant time. A null hash (no such account, or one without a password) costs the same work as a real
 * one and never matches, so the time of an answer does not tell which accounts exist. `onStart` runs when the work
 * begins, after any wait for its turn, and may throw.
 */
export async function verifySecret(
  secret: string,
  hash: string | null,
  onStart: () => void = () => {},
): Promise<SecretVerdict> {
  const [, scheme, parameters, saltText, keyText] = (hash ?? unmatchable).split('$')
  const used = parseCost(parameters ?? '')
  if (scheme !== 'scrypt' || used === undefined) return { matches: false, isWeak: false }
  const key = await deriveKey(secret, Buffer.from(saltText ?? '', 'base64url'), used, onStart)
  const matches = equal(key.toString('base64url'), keyText ?? '') && hash !== null
  return { matches, isWeak: used.N * used.r * used.p < cost.N * cost.r * cost.p }
}

const unmatchable = `$scrypt$N=${cost.N},r=${cost.r},p=${cost.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`

function parseCost(text: string): ScryptCost | undefined {
  const match = /^N=(\d{1,8}),r=(\d{1,3}),p=(\d{1,3})$/.exec(text)
  return match === null ? undefined : { N: Number(match[1]), r: Number(match[2]), p: Number(match[3]) }
}

function equal(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Few at a time: the work runs on the thread pool that file reads and writes use too. */
const CONCURRENT_MAX = 2

interface Gate {
  running: number
  readonly waiting: (() => void)[]
}

async function deriveKey(secret: string, salt: Buffer, { N, r, p }: ScryptCost, onStart?: () => void): Promise<Buffer> {
  const gate = processSingleton<Gate>('password-gate', () => ({ running: 0, waiting: [] }))
  if (gate.running >= CONCURRENT_MAX) await new Promise<void>((go) => gate.waiting.push(go))
  else gate.running++
  try {
    onStart?.()
    return await runScrypt(secret, salt, { N, r, p, maxmem: 256 * N * r })
  } finally {
    const next = gate.waiting.shift()
    if (next === undefined) gate.running--
    else next()
  }
}

function runScrypt(secret: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, KEY_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}
