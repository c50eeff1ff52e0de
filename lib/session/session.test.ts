import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '@/lib/db/test-database'
import { bootstrapIdentity } from '@/lib/identity/builtin/bootstrap'
import { insertEndpoint, insertRegion, listServiceRows } from '@/lib/identity/builtin/catalog-repo'
import { imageEndpoint, otherImageRegions } from '@/lib/identity/image-endpoint'
import { listScopes } from '@/lib/identity/sign-in'
import { closeSession, openSession, tokenForWork } from './session'

describe('a session of the dashboard', () => {
  let database: TestDatabase

  beforeEach(async () => {
    database = await openTestDatabase('sqlite', {
      GLIMPSE__IDENTITY__ADMIN_PASSWORD: 'a-good-password',
      GLIMPSE__SESSION__SECRET: 'x'.repeat(32),
    })
    await bootstrapIdentity('http://127.0.0.1:9292')
  })
  afterEach(() => database.close())

  const open = () =>
    openSession(
      { userName: 'admin', domainName: 'Default', password: 'a-good-password' },
      { remoteAddress: '192.0.2.1', lastProjectId: undefined },
    )
  const isKnown = async (token: string) => (await imageEndpoint(token, ours)) !== undefined
  const ours = { region: 'RegionOne', interfaceName: 'public' }

  it('gives work a token that stays when its person signs out', async () => {
    const session = await open()
    const [scope] = await listScopes(session.unscopedToken)
    const token = await tokenForWork(session, scope?.projectId ?? '')
    expect(await isKnown(token)).toBe(true)
    await closeSession(session)
    expect(await isKnown(token)).toBe(true)
    await expect(isKnown(session.scopedToken ?? '')).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('sees the other regions that have an image service, each once', async () => {
    const { scopedToken } = await open()
    expect(await otherImageRegions(scopedToken ?? '')).toEqual([])
    const services = await listServiceRows()
    const serviceId = (type: string) => services.find((service) => service.type === type)?.id ?? ''
    const add = async (region: string, type: string, name: 'public' | 'internal') =>
      insertEndpoint({
        id: `${region}-${type}-${name}`,
        serviceId: serviceId(type),
        interface: name,
        regionId: region,
        url: 'https://example.org',
        isEnabled: true,
      })
    for (const region of ['West', 'East', 'Hidden', 'Other']) {
      await insertRegion({ id: region, description: '', parentRegionId: null })
    }
    await add('West', 'image', 'public')
    await add('West', 'image', 'internal')
    await add('East', 'image', 'public')
    await add('Hidden', 'image', 'internal')
    await add('Other', 'identity', 'public')
    expect(await otherImageRegions(scopedToken ?? '')).toEqual(['East', 'West'])
  })
})
