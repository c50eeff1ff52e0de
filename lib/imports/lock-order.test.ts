import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { inTransaction } from '@/lib/db/transaction'
import { createImage } from '@/lib/images/create-image'
import { condemnLocations } from '@/lib/images/image-repo'
import { createLease } from '@/lib/images/lease-repo'
import { setNodeIdentity } from '@/lib/runtime/node-identity'
import { setStores } from '@/lib/stores/registry'
import { type ClaimedTask, claimTask } from '@/lib/tasks/task-repo'
import { type ImportPlan, planOf } from './import-plan'
import { beginImport, completeImport, failImport } from './import-repo'
import { requestImport } from './request-import'
import { replaceStaged } from './staging-repo'

const member = { ...contextOf({ roles: ['member', 'reader'], projectId: 'p' }), requestId: 'req-test' }

interface Running {
  readonly task: ClaimedTask
  readonly plan: ImportPlan
  readonly staged: { readonly id: string; readonly imageId: string; readonly storeId: string; readonly url: string }
}

/** Each takes the image before its locations, as deleting it does; else two of them wait for each other for ever. */
const steps: Readonly<Record<string, (running: Running) => Promise<unknown>>> = {
  'the good end of an import': ({ task, plan }) => completeImport(task, plan, { arrival: {}, message: 'done' }),
  'the bad end of an import': ({ task, plan }) => failImport(task, plan, 'nothing came'),
  'the change of what is staged': async ({ task, staged }) => {
    const lease = await inTransaction(database.db, (tx) =>
      createLease(tx, { imageId: staged.imageId, storeId: 'converted', purpose: 'import' }),
    )
    return replaceStaged({ task, lease }, staged, { location: { storeId: 'converted', url: 'file:///b' }, set: {} })
  },
}

let database: TestDatabase

describe.each(testFlavours())('an image that is deleted on %s', (flavour) => {
  beforeEach(async () => {
    database = await openTestDatabase(flavour, {
      GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true',
      GLIMPSE__LOG__LEVEL: 'silent',
    })
    setStores(undefined)
    setNodeIdentity({ nodeId: 'here', bootId: 'boot-1' })
  })
  afterEach(async () => {
    setStores(undefined)
    setNodeIdentity(undefined)
    await database.close()
  })

  it.each(Object.keys(steps))('does not lock itself up with %s', async (name) => {
    const running = await importing()
    const { imageId } = running.staged
    let step: Promise<unknown> | undefined
    await inTransaction(database.db, async (tx) => {
      await tx.image.updateMany({ where: { id: imageId }, data: { revision: { increment: 1 } } })
      step = steps[name]?.(running).catch((error: unknown) => error)
      // Until the other one waits for the image.
      await new Promise((resolve) => setTimeout(resolve, 400))
      for (const state of ['staged', 'held'] as const) await condemnLocations(tx, imageId, state)
    })
    expect(String(await step)).not.toContain('deadlock')
  })

  async function importing(): Promise<Running> {
    const { id: imageId } = await createImage(member, { name: 'x', disk_format: 'raw', container_format: 'bare' })
    await requestImport(member, imageId, { method: { name: 'web-download', uri: 'http://127.0.0.1/disk' } })
    const task = await claimTask(database.db)
    if (task === undefined) throw new Error('no task')
    const plan = planOf(task.input)
    await beginImport(task, plan, { heldStoreIds: [], quota: undefined })
    const row = { imageId, metadata: {}, createdAt: new Date(), position: 0 }
    await database.db.imageLocation.create({
      data: { ...row, id: 'held', storeId: 'file', url: 'file:///h', state: 'held' },
    })
    const staged = { id: 'staged', imageId, storeId: 'staging', url: 'file:///s' }
    await database.db.imageLocation.create({ data: { ...row, ...staged, state: 'staged', nodeId: 'here' } })
    return { task, plan, staged }
  }
})
