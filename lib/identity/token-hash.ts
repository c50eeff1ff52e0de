import { createHash } from 'node:crypto'

/** SHA-256 in hex: what stands for a token wherever it is kept. */
export function tokenHashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
