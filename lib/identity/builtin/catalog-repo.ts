import { type DbOrTx, db } from '@/lib/db/client'
import type { EndpointRecord, RegionRecord, ServiceRecord } from './records'

export interface ServiceFilter {
  readonly name?: string
  readonly type?: string
}

export interface EndpointFilter {
  readonly serviceId?: string
  readonly interface?: string
  readonly regionId?: string
}

export function listServiceRows(filter: ServiceFilter = {}): Promise<ServiceRecord[]> {
  return db().service.findMany({ where: filter, orderBy: [{ type: 'asc' }, { id: 'asc' }] })
}

export function findService(id: string): Promise<ServiceRecord | null> {
  return db().service.findUnique({ where: { id } })
}

export function insertService(service: ServiceRecord, client: DbOrTx = db()): Promise<ServiceRecord> {
  return client.service.create({ data: service })
}

export function updateService(
  id: string,
  set: Partial<Omit<ServiceRecord, 'id'>>,
  client: DbOrTx = db(),
): Promise<ServiceRecord> {
  return client.service.update({ where: { id }, data: set })
}

export async function deleteServiceRow(id: string, client: DbOrTx = db()): Promise<boolean> {
  return (await client.service.deleteMany({ where: { id } })).count > 0
}

export function listEndpointRows(filter: EndpointFilter = {}): Promise<EndpointRecord[]> {
  return db().endpoint.findMany({ where: filter, orderBy: [{ serviceId: 'asc' }, { interface: 'asc' }, { id: 'asc' }] })
}

export function findEndpoint(id: string): Promise<EndpointRecord | null> {
  return db().endpoint.findUnique({ where: { id } })
}

export function insertEndpoint(endpoint: EndpointRecord, client: DbOrTx = db()): Promise<EndpointRecord> {
  return client.endpoint.create({ data: endpoint })
}

export function updateEndpoint(
  id: string,
  set: Partial<Omit<EndpointRecord, 'id'>>,
  client: DbOrTx = db(),
): Promise<EndpointRecord> {
  return client.endpoint.update({ where: { id }, data: set })
}

export async function deleteEndpointRow(id: string, client: DbOrTx = db()): Promise<boolean> {
  return (await client.endpoint.deleteMany({ where: { id } })).count > 0
}

export interface EndpointPlace {
  readonly url: string
  readonly regionId: string
}

/** Gives the endpoint another place, but only while it still has the expected one. */
export async function moveEndpoint(id: string, from: EndpointPlace, to: EndpointPlace): Promise<void> {
  await db().endpoint.updateMany({ where: { id, ...from }, data: to })
}

export function listRegionRows(filter: { readonly parentRegionId?: string } = {}): Promise<RegionRecord[]> {
  return db().region.findMany({ where: filter, orderBy: [{ id: 'asc' }] })
}

export function findRegion(id: string): Promise<RegionRecord | null> {
  return db().region.findUnique({ where: { id } })
}

export function insertRegion(region: RegionRecord, client: DbOrTx = db()): Promise<RegionRecord> {
  return client.region.create({ data: region })
}

export function updateRegion(
  id: string,
  set: Partial<Omit<RegionRecord, 'id'>>,
  client: DbOrTx = db(),
): Promise<RegionRecord> {
  return client.region.update({ where: { id }, data: set })
}

export async function deleteRegionRow(id: string, client: DbOrTx = db()): Promise<boolean> {
  return (await client.region.deleteMany({ where: { id } })).count > 0
}
