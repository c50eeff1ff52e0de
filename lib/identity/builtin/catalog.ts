import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { newHexId } from '@/lib/runtime/ids'
import { redactUrls } from '@/lib/runtime/redact-urls'
import {
  deleteEndpointRow,
  deleteRegionRow,
  deleteServiceRow,
  type EndpointFilter,
  findEndpoint,
  findRegion,
  findService,
  insertEndpoint,
  insertRegion,
  insertService,
  listEndpointRows,
  listRegionRows,
  listServiceRows,
  type ServiceFilter,
  updateEndpoint,
  updateRegion,
  updateService,
} from './catalog-repo'
import { refusingDuplicates } from './database-errors'
import { notedChange, notedCreation, notedRemoval } from './noted'
import { descriptionField, flagField, idField, parseBody } from './parse-body'
import { requireManager, requireOverseer } from './permissions'
import type { EndpointRecord, RegionRecord, ServiceRecord } from './records'

const serviceSchema = z.object({
  type: z.string().min(1).max(255),
  name: z.string().max(255).nullish(),
  description: descriptionField,
  enabled: flagField,
})

const endpointSchema = z.object({
  service_id: idField,
  interface: z.enum(['public', 'internal', 'admin']),
  url: z.string().min(1).max(4096),
  region_id: z.string().max(255).nullish(),
  region: z.string().max(255).nullish(),
  enabled: flagField,
})

const regionSchema = z.object({
  id: z.string().min(1).max(255).optional(),
  description: descriptionField,
  parent_region_id: z.string().max(255).nullish(),
})

function serviceWire(service: ServiceRecord) {
  const { id, type, name, description, isEnabled } = service
  return { id, type, name, description, enabled: isEnabled }
}

function endpointWire(endpoint: EndpointRecord) {
  return {
    id: endpoint.id,
    service_id: endpoint.serviceId,
    interface: endpoint.interface,
    url: endpoint.url,
    region: endpoint.regionId,
    region_id: endpoint.regionId,
    enabled: endpoint.isEnabled,
  }
}

/** What events tell: a URL may have been given a password, which only the catalog needs. */
function endpointNote(endpoint: EndpointRecord) {
  return { ...endpointWire(endpoint), url: redactUrls(endpoint.url) }
}

function regionWire({ id, description, parentRegionId }: RegionRecord) {
  return { id, description, parent_region_id: parentRegionId }
}

export async function listServices(ctx: RequestContext, filter: ServiceFilter) {
  requireOverseer(ctx, 'identity:list_services')
  return (await listServiceRows(filter)).map(serviceWire)
}

export async function showService(ctx: RequestContext, id: string) {
  requireOverseer(ctx, 'identity:get_service')
  return serviceWire(await requireService(id))
}

export async function createService(ctx: RequestContext, body: unknown) {
  requireManager(ctx, 'identity:create_service')
  const input = parseBody(serviceSchema, body, 'service')
  const row = {
    id: newHexId(),
    type: input.type,
    name: input.name ?? '',
    description: input.description ?? '',
    isEnabled: input.enabled ?? true,
  }
  return serviceWire(await notedCreation(ctx, 'service', serviceWire, (tx) => insertService(row, tx)))
}

export async function changeService(ctx: RequestContext, id: string, body: unknown) {
  requireManager(ctx, 'identity:update_service')
  const input = parseBody(serviceSchema.partial(), body, 'service')
  const service = await requireService(id)
  const set = {
    ...(input.type !== undefined && { type: input.type }),
    ...(input.name !== undefined && { name: input.name ?? '' }),
    ...(input.description !== undefined && { description: input.description ?? '' }),
    ...(input.enabled !== undefined && { isEnabled: input.enabled }),
  }
  const told = { was: serviceWire(service), wire: serviceWire }
  return serviceWire(await notedChange(ctx, 'service', told, (tx) => updateService(id, set, tx)))
}

export async function deleteService(ctx: RequestContext, id: string): Promise<void> {
  requireManager(ctx, 'identity:delete_service')
  const service = await requireService(id)
  await notedRemoval(ctx, 'service', serviceWire(service), (tx) => deleteServiceRow(id, tx))
}

export async function listEndpoints(ctx: RequestContext, filter: EndpointFilter) {
  requireOverseer(ctx, 'identity:list_endpoints')
  return (await listEndpointRows(filter)).map(endpointWire)
}

export async function showEndpoint(ctx: RequestContext, id: string) {
  requireOverseer(ctx, 'identity:get_endpoint')
  return endpointWire(await requireEndpoint(id))
}

export async function createEndpoint(ctx: RequestContext, body: unknown) {
  requireManager(ctx, 'identity:create_endpoint')
  const input = parseBody(endpointSchema, body, 'endpoint')
  await requireService(input.service_id)
  const regionId = input.region_id ?? input.region ?? null
  if (regionId !== null) await requireRegion(regionId)
  const row = {
    id: newHexId(),
    serviceId: input.service_id,
    interface: input.interface,
    regionId,
    url: input.url,
    isEnabled: input.enabled ?? true,
  }
  return endpointWire(await notedCreation(ctx, 'endpoint', endpointNote, (tx) => insertEndpoint(row, tx)))
}

export async function changeEndpoint(ctx: RequestContext, id: string, body: unknown) {
  requireManager(ctx, 'identity:update_endpoint')
  const input = parseBody(endpointSchema.partial(), body, 'endpoint')
  const endpoint = await requireEndpoint(id)
  const regionId = input.region_id === undefined ? input.region : input.region_id
  if (input.service_id !== undefined) await requireService(input.service_id)
  if (regionId !== undefined && regionId !== null) await requireRegion(regionId)
  const set = {
    ...(input.service_id !== undefined && { serviceId: input.service_id }),
    ...(input.interface !== undefined && { interface: input.interface }),
    ...(input.url !== undefined && { url: input.url }),
    ...(regionId !== undefined && { regionId }),
    ...(input.enabled !== undefined && { isEnabled: input.enabled }),
  }
  const told = { was: endpointNote(endpoint), wire: endpointNote }
  return endpointWire(await notedChange(ctx, 'endpoint', told, (tx) => updateEndpoint(id, set, tx)))
}

export async function deleteEndpoint(ctx: RequestContext, id: string): Promise<void> {
  requireManager(ctx, 'identity:delete_endpoint')
  const endpoint = await requireEndpoint(id)
  await notedRemoval(ctx, 'endpoint', endpointNote(endpoint), (tx) => deleteEndpointRow(id, tx))
}

/** Regions are open to everyone with a token, as in Keystone. */
export async function listRegions(filter: { readonly parentRegionId?: string }) {
  return (await listRegionRows(filter)).map(regionWire)
}

export async function showRegion(id: string) {
  return regionWire(await requireRegion(id))
}

export async function createRegion(ctx: RequestContext, body: unknown, id?: string) {
  requireManager(ctx, 'identity:create_region')
  const input = parseBody(regionSchema, body, 'region')
  const region = {
    id: id ?? input.id ?? newHexId(),
    description: input.description ?? '',
    parentRegionId: input.parent_region_id ?? null,
  }
  if (region.parentRegionId !== null) await requireRegion(region.parentRegionId)
  const row = await refusingDuplicates(`A region ${region.id} exists already.`, () =>
    notedCreation(ctx, 'region', regionWire, (tx) => insertRegion(region, tx)),
  )
  return regionWire(row)
}

export async function changeRegion(ctx: RequestContext, id: string, body: unknown) {
  requireManager(ctx, 'identity:update_region')
  const input = parseBody(regionSchema.partial(), body, 'region')
  const region = await requireRegion(id)
  const set = {
    ...(input.description !== undefined && { description: input.description ?? '' }),
    ...(input.parent_region_id !== undefined && { parentRegionId: input.parent_region_id }),
  }
  const told = { was: regionWire(region), wire: regionWire }
  return regionWire(await notedChange(ctx, 'region', told, (tx) => updateRegion(id, set, tx)))
}

/** Refused while endpoints are in the region. */
export async function deleteRegion(ctx: RequestContext, id: string): Promise<void> {
  requireManager(ctx, 'identity:delete_region')
  const region = await requireRegion(id)
  if ((await listEndpointRows({ regionId: id })).length > 0) {
    throw apiError('conflict', { public: `Region ${id} still has endpoints.` })
  }
  await notedRemoval(ctx, 'region', regionWire(region), (tx) => deleteRegionRow(id, tx))
}

async function requireService(id: string): Promise<ServiceRecord> {
  return found(await findService(id), 'service', id)
}

async function requireEndpoint(id: string): Promise<EndpointRecord> {
  return found(await findEndpoint(id), 'endpoint', id)
}

async function requireRegion(id: string): Promise<RegionRecord> {
  return found(await findRegion(id), 'region', id)
}

function found<T>(row: T | null, kind: string, id: string): T {
  if (row === null) throw apiError('not_found', { public: `Could not find ${kind}: ${id}.` })
  return row
}
