import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { inTransaction } from '@/lib/db/transaction'
import { claimTask, insertTask } from './task-repo'
import { getProjectTask, listProjectTasks } from './tasks'

const member = contextOf({ projectId: 'ours', roles: ['member', 'reader'] })
const other = contextOf({ projectId: 'theirs', roles: ['member', 'reader'] })
const admin = contextOf({ projectId: 'admin', roles: ['admin', 'member', 'reader'] })

describe.each(testFlavours())('the tasks of a project on %s', (flavour) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(flavour)
  })
  afterEach(() => database.close())

  const add = async (ownerId: string) => {
    const task = { type: 'api_image_import', input: {}, ownerId, userId: null, requestId: null, imageId: null } as const
    return (await inTransaction(database.db, (tx) => insertTask(tx, task))).id
  }
  const idsFor = async (ctx: typeof member, query: object = {}) =>
    (await listProjectTasks(ctx, { limit: 10, ...query })).map(({ id }) => id).toSorted()

  it('are its own, and for administrators those of all', async () => {
    const [ours, theirs] = [await add('ours'), await add('theirs')]
    expect(await idsFor(member)).toEqual([ours])
    expect(await idsFor(other)).toEqual([theirs])
    expect(await idsFor(admin)).toEqual([ours, theirs].toSorted())
    expect(await getProjectTask(member, ours)).toMatchObject({ id: ours })
    expect(await getProjectTask(admin, ours)).toMatchObject({ id: ours })
    await expect(getProjectTask(other, ours)).rejects.toMatchObject({ code: 'not_found' })
    await expect(getProjectTask(member, 'absent')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('are asked for by their state, and page by page', async () => {
    const ids = [await add('ours'), await add('ours'), await add('ours')]
    const claimed = await claimTask(database.db)
    expect(await idsFor(member, { statuses: ['processing'] })).toEqual([claimed?.id])
    expect(await idsFor(member, { statuses: ['pending', 'processing'] })).toEqual(ids.toSorted())
    const [first, second] = await listProjectTasks(member, { limit: 2 })
    const rest = await listProjectTasks(member, { limit: 2, after: second?.id ?? '' })
    expect([first, second, ...rest].map((task) => task?.id).toSorted()).toEqual(ids.toSorted())
    // A page that began behind a task which is forgotten by now starts anew.
    expect(await idsFor(member, { after: 'absent' })).toEqual(ids.toSorted())
  })
})
