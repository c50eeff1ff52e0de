import { randomBytes, randomUUID } from 'node:crypto'

export function newId(): string {
  return randomUUID()
}

/** Keystone's form of an id: 32 hex digits. */
export function newHexId(): string {
  return randomUUID().replaceAll('-', '')
}

export function newRequestId(): string {
  return `req-${randomUUID()}`
}

/** `byteLength` random bytes as URL-safe text. */
export function randomToken(byteLength: number): string {
  return randomBytes(byteLength).toString('base64url')
}
