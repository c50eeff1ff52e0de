import { hkdfSync } from 'node:crypto'
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomToken } from '@/lib/runtime/ids'
import { processSingleton } from '@/lib/runtime/process-singleton'
import { config } from './load'

/** What signs and encrypts sessions: configured, or made once in the data folder. */
export function sessionSecret(): string {
  return processSingleton('session-secret', () => config().session.secret ?? secretOfFolder(config().dataFolder))
}

/** The key that the cloud tokens of sessions are encrypted with; 32 bytes. */
export function sessionKey(): Buffer {
  return processSingleton('session-key', () => {
    return Buffer.from(hkdfSync('sha256', sessionSecret(), '', 'glimpse session tokens', 32))
  })
}

/** The key that the tokens of tasks are encrypted with; another node opens them when the secret is configured. */
export function taskKey(): Buffer {
  return processSingleton('task-key', () => {
    return Buffer.from(hkdfSync('sha256', sessionSecret(), '', 'glimpse task tokens', 32))
  })
}

/** Of several processes that start at once, one writes the file and all read the same. */
export function secretOfFolder(folder: string): string {
  const path = join(folder, 'session.secret')
  const draft = `${path}.${process.pid}`
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    writeFileSync(draft, `${randomToken(48)}\n`, { mode: 0o600 })
    try {
      linkSync(draft, path)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    } finally {
      unlinkSync(draft)
    }
    return readFileSync(path, 'utf8').trim()
  }
}
