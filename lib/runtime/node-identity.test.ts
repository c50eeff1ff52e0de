import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logger } from './logger'
import { claimNodeId } from './node-identity'

describe('claimNodeId', () => {
  let folder = ''
  const recordPath = () => join(folder, 'node.json')
  const record = () => JSON.parse(readFileSync(recordPath(), 'utf8'))
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'glimpse-node-'))
    logger({ level: 'silent' })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('keeps the id of a process that is gone', async () => {
    const nodeId = claimNodeId(folder)
    const child = spawn('true')
    await new Promise((resolve) => child.once('close', resolve))
    writeFileSync(recordPath(), JSON.stringify({ ...record(), pid: child.pid }))
    expect(claimNodeId(folder)).toBe(nodeId)
    expect(record().pid).toBe(process.pid)
  })

  it('keeps the id when another process has the same number now', () => {
    const nodeId = claimNodeId(folder)
    writeFileSync(recordPath(), JSON.stringify({ ...record(), startedAt: 'before/1' }))
    expect(claimNodeId(folder)).toBe(nodeId)
  })

  it('gives a second process an id of its own and leaves the first its record', () => {
    const nodeId = claimNodeId(folder)
    expect(claimNodeId(folder)).not.toBe(nodeId)
    expect(record().nodeId).toBe(nodeId)
  })

  it('does not take the id of a node on another host', () => {
    writeFileSync(recordPath(), JSON.stringify({ nodeId: 'a', host: `not-${hostname()}`, pid: 1, startedAt: 'x' }))
    expect(claimNodeId(folder)).not.toBe('a')
    expect(record().nodeId).toBe('a')
  })

  it('has an id for one start alone when the claim cannot be written, and leaves no draft', () => {
    // A folder in its place, since nothing else is in the way of a superuser.
    mkdirSync(recordPath())
    const nodeId = claimNodeId(folder)
    expect(claimNodeId(folder)).not.toBe(nodeId)
    expect(readdirSync(folder)).toEqual(['node.json'])
  })

  it('starts anew from a damaged record', () => {
    writeFileSync(recordPath(), '{')
    expect(claimNodeId(folder)).toBe(record().nodeId)
  })
})
