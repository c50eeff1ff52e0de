import { createHash } from 'node:crypto'
import { findRegion, insertEndpoint, insertRegion, insertService, moveEndpoint } from './catalog-repo'
import { createIfAbsent } from './database-errors'
import { readSetting, writeSetting } from './setting-repo'

const PLACE = 'identity.place'

const services = [
  { type: 'image', name: 'glance', path: '', description: 'Images of disks' },
  { type: 'identity', name: 'keystone', path: '/identity', description: 'Users, projects and tokens' },
] as const

const interfaces = ['public', 'internal', 'admin'] as const

interface Place {
  readonly address: string
  readonly region: string
}

/**
 * Makes the image and identity entries of the catalog once; when the address or region changes later, the endpoints
 * that still point to the former place follow, those that an operator edited or deleted stay as they are.
 */
export async function seedCatalog(address: string, region: string): Promise<void> {
  const former = parsePlace(await readSetting(PLACE))
  if (former?.address === address && former.region === region) return
  if ((await findRegion(region)) === null) {
    await createIfAbsent(() => insertRegion({ id: region, description: '', parentRegionId: null }))
  }
  for (const service of services) {
    for (const name of interfaces) {
      const id = ownId(`${service.type} ${name}`)
      if (former !== undefined) {
        const from = { url: former.address + service.path, regionId: former.region }
        await moveEndpoint(id, from, { url: address + service.path, regionId: region })
        continue
      }
      const serviceId = ownId(service.type)
      const { type, name: serviceName, description } = service
      await createIfAbsent(() =>
        insertService({ id: serviceId, type, name: serviceName, description, isEnabled: true }),
      )
      const url = address + service.path
      await createIfAbsent(() =>
        insertEndpoint({ id, serviceId, interface: name, regionId: region, url, isEnabled: true }),
      )
    }
  }
  await writeSetting(PLACE, JSON.stringify({ address, region }))
}

/** The same on every node, so that two that start at once make one row. */
function ownId(name: string): string {
  return createHash('sha256').update(`glimpse catalog ${name}`).digest('hex').slice(0, 32)
}

function parsePlace(text: string | undefined): Place | undefined {
  if (text === undefined) return undefined
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || !('address' in value) || !('region' in value)) return undefined
  const { address, region } = value
  return typeof address === 'string' && typeof region === 'string' ? { address, region } : undefined
}
