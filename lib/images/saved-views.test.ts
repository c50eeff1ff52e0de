import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { listSavedViews, mayShareViews, removeView, saveView, viewsMax } from './saved-views'

const ann = contextOf({ userId: 'ann', projectId: 'ours', roles: ['member', 'reader'] })
const ben = contextOf({ userId: 'ben', projectId: 'ours', roles: ['reader'] })
const cal = contextOf({ userId: 'cal', projectId: 'theirs', roles: ['member', 'reader'] })
const root = contextOf({ userId: 'root', projectId: 'ours', roles: ['admin', 'member', 'reader'] })
const view = (name: string, isShared = false) => ({ name, search: `?q=${name}`, isShared })

describe.each(testFlavours())('saved views on %s', (flavour) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(flavour)
  })
  afterEach(() => database.close())

  const names = async (ctx: typeof ann) => (await listSavedViews(ctx)).map(({ name }) => name)
  const idOf = async (name: string) => (await listSavedViews(ann)).find((each) => each.name === name)?.id ?? ''
  const events = () => database.db.event.findMany({ orderBy: { id: 'asc' } })

  it('are found by their owner, shared ones by the project, none by others', async () => {
    await saveView(ann, view('private'))
    await saveView(ann, view('for all', true))
    await saveView(ben, view('of ben'))
    expect(await names(ann)).toEqual(['for all', 'private'])
    expect(await names(ben)).toEqual(['for all', 'of ben'])
    expect(await names(cal)).toEqual([])
    expect(await names(contextOf({ userId: 'ann', projectId: 'theirs' }))).toEqual([])
    const [shared] = await listSavedViews(ben)
    expect(shared).toMatchObject({ search: '?q=for all', isShared: true, isOwn: false, canRemove: false })
  })

  it('of the same name take the place of the former, and each change is told', async () => {
    await saveView(ann, view('one'))
    await saveView(ann, { name: ' one ', search: '?tag=x', isShared: true })
    expect(await listSavedViews(ann)).toMatchObject([{ name: 'one', search: '?tag=x', isShared: true, isOwn: true }])
    await removeView(ann, await idOf('one'))
    expect(await names(ann)).toEqual([])
    const told = (await events()).map(({ type, userId, before }) => ({ type, userId, before }))
    expect(told).toEqual([
      { type: 'saved_view.create', userId: 'ann', before: null },
      { type: 'saved_view.update', userId: 'ann', before: { search: '?q=one', is_shared: false } },
      { type: 'saved_view.delete', userId: 'ann', before: null },
    ])
  })

  it('are shared by who may add images, and removed by their owner and administrators', async () => {
    expect([mayShareViews(ann), mayShareViews(ben)]).toEqual([true, false])
    await expect(saveView(ben, view('x', true))).rejects.toMatchObject({ code: 'policy_denied' })
    await saveView(ann, view('for all', true))
    await saveView(ann, view('private'))
    await expect(removeView(ben, await idOf('for all'))).rejects.toMatchObject({ code: 'forbidden' })
    for (const stranger of [ben, root]) {
      await expect(removeView(stranger, await idOf('private'))).rejects.toMatchObject({ code: 'not_found' })
    }
    await expect(removeView(cal, await idOf('for all'))).rejects.toMatchObject({ code: 'not_found' })
    await removeView(root, await idOf('for all'))
    expect(await names(ann)).toEqual(['private'])
  })

  it('have a name and an end', async () => {
    for (const name of ['', '  ', 'x'.repeat(81)]) {
      await expect(saveView(ann, view(name))).rejects.toMatchObject({ code: 'bad_request' })
    }
    const rows = Array.from({ length: viewsMax }, (_, index) => ({ id: `${index}`, name: `${index}` }))
    const same = { projectId: 'ours', userId: 'ann', search: '', isShared: false, createdAt: new Date() }
    await database.db.savedView.createMany({ data: rows.map((row) => ({ ...row, ...same })) })
    await expect(saveView(ann, view('more'))).rejects.toMatchObject({ code: 'bad_request' })
    await saveView(ann, view('7'))
    await expect(saveView(contextOf({ projectId: 'ours' }), view('x'))).rejects.toMatchObject({ code: 'policy_denied' })
  })
})
