import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RequestContext } from '@/lib/context/request-context'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { outcomeOf } from '@/lib/errors/test-outcome'
import { insertRegion, insertService } from './catalog-repo'
import { changeLimit, createLimits, deleteLimit, listLimits, showLimit } from './limits'
import { deleteProjectRow, insertDomain, insertProject } from './project-repo'
import {
  changeRegisteredLimit,
  createRegisteredLimits,
  deleteRegisteredLimit,
  listRegisteredLimits,
  showRegisteredLimit,
} from './registered-limits'

const admin = contextOf({ projectId: 'admin', roles: ['admin', 'member', 'reader'] })
const tenant = contextOf({ roles: ['member', 'reader'] })
const stranger = contextOf({ projectId: 'elsewhere', roles: ['member', 'reader'] })

describe.each(testFlavours())('limits of projects on %s', (flavour) => {
  let database: TestDatabase
  const serviceId = 'images'

  beforeEach(async () => {
    database = await openTestDatabase(flavour)
    await insertDomain({ id: 'default', name: 'Default', description: '', isEnabled: true })
    await insertService({ id: serviceId, type: 'image', name: 'glance', description: '', isEnabled: true })
    await insertRegion({ id: 'RegionOne', description: '', parentRegionId: null })
    for (const id of ['mine', 'elsewhere']) {
      await insertProject({ id, name: id, domainId: 'default', description: '', isEnabled: true })
    }
  })
  afterEach(() => database.close())

  const register = (change: object = {}, ctx: RequestContext = admin) =>
    createRegisteredLimits(ctx, {
      registered_limits: [
        {
          service_id: serviceId,
          region_id: 'RegionOne',
          resource_name: 'image_size_total',
          default_limit: 10,
          ...change,
        },
      ],
    })
  const limit = (change: object = {}, ctx: RequestContext = admin) =>
    createLimits(ctx, {
      limits: [
        {
          project_id: 'mine',
          service_id: serviceId,
          region_id: 'RegionOne',
          resource_name: 'image_size_total',
          resource_limit: 5,
          ...change,
        },
      ],
    })
  const only = <T>([item]: readonly T[]): T => {
    if (item === undefined) throw new Error('there is none')
    return item
  }

  it('registers a limit, shows it to everybody, changes and forgets it', async () => {
    const made = only(await register({ description: 'disk' }))
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      service_id: serviceId,
      region_id: 'RegionOne',
      resource_name: 'image_size_total',
      default_limit: 10,
      description: 'disk',
    })
    expect(await listRegisteredLimits({ resourceName: 'image_size_total', serviceId })).toEqual([made])
    expect(await listRegisteredLimits({ regionId: 'other' })).toEqual([])
    const changed = await changeRegisteredLimit(admin, made.id, { registered_limit: { default_limit: -1 } })
    expect(changed).toEqual({ ...made, default_limit: -1 })
    expect(await showRegisteredLimit(made.id)).toEqual(changed)
    await deleteRegisteredLimit(admin, made.id)
    expect(await outcomeOf(showRegisteredLimit(made.id))).toBe(`404 Could not find registered limit for ${made.id}.`)
  })

  it('registers several at once or none', async () => {
    const all = ['image_count_total', 'image_stage_total'].map((name) => ({
      service_id: serviceId,
      resource_name: name,
      default_limit: 1,
    }))
    const twice = { registered_limits: [...all, ...all.slice(0, 1)] }
    expect(await outcomeOf(createRegisteredLimits(admin, twice))).toMatch(/^409 /)
    expect(await listRegisteredLimits({})).toEqual([])
    const made = await createRegisteredLimits(admin, { registered_limits: all })
    expect(made.map((item) => [item.resource_name, item.region_id])).toEqual([
      ['image_count_total', null],
      ['image_stage_total', null],
    ])
  })

  it('refuses what Keystone refuses', async () => {
    expect(await outcomeOf(register({}, tenant))).toMatch(/^403 /)
    expect(await outcomeOf(register({ service_id: 'nosuch' }))).toBe('400 Could not find service: nosuch.')
    expect(await outcomeOf(register({ region_id: 'nosuch' }))).toBe('400 Could not find region: nosuch.')
    expect(await outcomeOf(register({ default_limit: -2 }))).toMatch(/^400 /)
    expect(await outcomeOf(register({ default_limit: 2 ** 31 }))).toMatch(/^400 /)
    expect(await outcomeOf(register({ default_limit: '5' }))).toMatch(/^400 /)
    expect(await outcomeOf(createRegisteredLimits(admin, { registered_limits: [] }))).toMatch(/^400 /)
    expect(await outcomeOf(limit())).toBe('403 Unable to create a limit that has no corresponding registered limit.')
    await register()
    expect(await outcomeOf(register())).toMatch(/^409 /)
    expect(await outcomeOf(limit({}, tenant))).toMatch(/^403 /)
    expect(await outcomeOf(limit({ project_id: 'nosuch' }))).toBe('400 Could not find project: nosuch.')
    expect(await outcomeOf(limit({ region_id: undefined }))).toMatch(/^403 Unable to create/)
    await limit()
    expect(await outcomeOf(limit())).toMatch(/^409 /)
  })

  it('keeps a registered limit while projects have limits of their own, and lets its number be changed', async () => {
    const registered = only(await register())
    const made = only(await limit({ description: null }))
    expect(made).toMatchObject({ project_id: 'mine', domain_id: null, resource_limit: 5, description: null })
    const inUse = `403 Unable to update or delete registered limit ${registered.id} because there are project limits associated with it.`
    expect(await outcomeOf(deleteRegisteredLimit(admin, registered.id))).toBe(inUse)
    const rename = { registered_limit: { resource_name: 'other' } }
    expect(await outcomeOf(changeRegisteredLimit(admin, registered.id, rename))).toBe(inUse)
    const raise = { registered_limit: { default_limit: 20, resource_name: 'image_size_total' } }
    expect(await changeRegisteredLimit(admin, registered.id, raise)).toMatchObject({ default_limit: 20 })
    expect(await changeLimit(admin, made.id, { limit: { resource_limit: 7 } })).toEqual({ ...made, resource_limit: 7 })
    expect(await outcomeOf(changeLimit(admin, made.id, { limit: { project_id: 'other' } }))).toMatch(/^400 /)
    await deleteLimit(admin, made.id)
    expect(await outcomeOf(deleteLimit(admin, made.id))).toBe(`404 Could not find limit for ${made.id}.`)
    expect(await outcomeOf(deleteRegisteredLimit(admin, registered.id))).toBe('done')
  })

  it('shows a project its own limits and managers all of them', async () => {
    await register()
    const [mine, theirs] = [only(await limit()), only(await limit({ project_id: 'elsewhere', resource_limit: 6 }))]
    expect((await listLimits(admin, {})).map(({ id }) => id).sort()).toEqual([mine.id, theirs.id].sort())
    expect(await listLimits(admin, { projectId: 'elsewhere' })).toEqual([theirs])
    expect(await listLimits(tenant, {})).toEqual([mine])
    expect(await listLimits(tenant, { projectId: 'elsewhere' })).toEqual([])
    expect(await showLimit(tenant, mine.id)).toEqual(mine)
    expect(await outcomeOf(showLimit(stranger, mine.id))).toMatch(/^403 /)
  })

  it('forgets the limits of a project with it', async () => {
    await register()
    await limit()
    await deleteProjectRow('mine')
    expect(await listLimits(admin, {})).toEqual([])
  })
})
