import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { getImage } from '@/lib/images/get-image'
import { insertStoredImage, twoStores } from '@/lib/images/test-images'
import { setStores } from '@/lib/stores/registry'
import { inspectStored } from './inspect-stored'

const member = contextOf({ roles: ['member', 'reader'] })
const reader = contextOf({ roles: ['reader'] })

describe.each(testFlavours())('a look at stored bytes on %s', (flavour) => {
  let database: TestDatabase
  let id = ''
  const path = () => join(database.folder, 'slow', id)

  const store = async (bytes: Buffer, diskFormat: string) => {
    writeFileSync(path(), bytes)
    const data = { sizeBytes: bytes.byteLength, diskFormat, containerFormat: 'bare' }
    await database.db.image.update({ where: { id }, data })
  }
  const look = async (ctx: typeof member) => inspectStored(ctx, await getImage(ctx, id))

  beforeEach(async () => {
    database = await openTestDatabase(flavour, twoStores)
    setStores(undefined)
    id = await insertStoredImage(database, ['slow'])
  })
  afterEach(async () => {
    setStores(undefined)
    await database.close()
  })

  it('tells the format, and that it is the recorded one', async () => {
    await store(qcow2(), 'qcow2')
    expect(await look(member)).toMatchObject({
      inspection: { format: 'qcow2', virtualSizeBytes: 1024 ** 3, safety: [] },
      refusal: null,
      warning: null,
    })
  })

  it('tells what would be refused today', async () => {
    await store(qcow2({ backingOffset: 512 }), 'qcow2')
    expect(await look(member)).toMatchObject({ refusal: 'Image failed safety checks' })
    await store(Buffer.alloc(200_000, 'x'), 'qcow2')
    expect(await look(member)).toMatchObject({ refusal: 'Image disk_format qcow2 does not match stream data raw' })
  })

  it('has nothing to say where the store does not give the bytes', async () => {
    await store(qcow2(), 'qcow2')
    rmSync(path())
    expect(await look(member)).toBeUndefined()
  })

  it('is only for those who may have the data', async () => {
    await store(qcow2(), 'qcow2')
    await expect(look(reader)).rejects.toMatchObject({ code: 'policy_denied' })
  })
})

function qcow2({ backingOffset = 0 } = {}): Buffer {
  const bytes = Buffer.alloc(128 * 1024)
  bytes.write('QFI\xfb', 0, 'latin1')
  bytes.writeUInt32BE(3, 4)
  bytes.writeBigUInt64BE(BigInt(backingOffset), 8)
  bytes.writeUInt32BE(16, 20)
  bytes.writeBigUInt64BE(BigInt(1024 ** 3), 24)
  bytes.writeUInt32BE(104, 100)
  return bytes
}
