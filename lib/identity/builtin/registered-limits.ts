import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { newHexId } from '@/lib/runtime/ids'
import { findRegion, findService } from './catalog-repo'
import { refusingDuplicates } from './database-errors'
import {
  deleteRegisteredRow,
  findRegistered,
  hasProjectLimits,
  insertRegistered,
  listRegisteredRows,
  type RegisteredLimitFilter,
  updateRegistered,
} from './limit-repo'
import { noted, notedChange, notedRemoval } from './noted'
import { descriptionField, idField, parseBody } from './parse-body'
import { requireManager } from './permissions'
import type { RegisteredLimitRecord } from './records'

const LIMIT_MAX = 2_147_483_647

/** Keystone's range; -1 is no limit. */
export const limitField = z.number().int().min(-1).max(LIMIT_MAX)
export const resourceNameField = z.string().min(1).max(255)

const registeredSchema = z.strictObject({
  service_id: idField,
  region_id: z.string().max(255).nullish(),
  resource_name: resourceNameField,
  default_limit: limitField,
  description: descriptionField,
})

export function registeredLimitWire(row: RegisteredLimitRecord) {
  const { id, serviceId, regionId, resourceName, defaultLimit, description } = row
  return {
    id,
    service_id: serviceId,
    region_id: regionId === '' ? null : regionId,
    resource_name: resourceName,
    default_limit: defaultLimit,
    description: description === '' ? null : description,
  }
}

/** Everybody with a token may look, as in Keystone. */
export async function listRegisteredLimits(filter: RegisteredLimitFilter) {
  return (await listRegisteredRows(filter)).map(registeredLimitWire)
}

export async function showRegisteredLimit(id: string) {
  return registeredLimitWire(await requireRegistered(id))
}

/** Registers all limits of the body or none. Throws `bad_request`, `forbidden` and `conflict`. */
export async function createRegisteredLimits(ctx: RequestContext, body: unknown) {
  requireManager(ctx, 'identity:create_registered_limits')
  const inputs = parseBody(z.array(registeredSchema).min(1).max(100), body, 'registered_limits')
  const rows: RegisteredLimitRecord[] = []
  for (const input of inputs) {
    await requirePlace(input.service_id, input.region_id)
    rows.push({
      id: newHexId(),
      serviceId: input.service_id,
      regionId: input.region_id ?? '',
      resourceName: input.resource_name,
      defaultLimit: input.default_limit,
      description: input.description ?? '',
    })
  }
  await refusingDuplicates(DUPLICATE, () =>
    noted(ctx, ['registered_limit', 'created'], async (tx) => {
      await insertRegistered(rows, tx)
      return rows.map((row) => ({ result: row, is: registeredLimitWire(row) }))
    }),
  )
  return rows.map(registeredLimitWire)
}

/** Service, region and resource stay while projects have limits that go by them. */
export async function changeRegisteredLimit(ctx: RequestContext, id: string, body: unknown) {
  requireManager(ctx, 'identity:update_registered_limit')
  const input = parseBody(registeredSchema.partial(), body, 'registered_limit')
  const row = await requireRegistered(id)
  const set = {
    ...(input.service_id !== undefined && { serviceId: input.service_id }),
    ...(input.region_id !== undefined && { regionId: input.region_id ?? '' }),
    ...(input.resource_name !== undefined && { resourceName: input.resource_name }),
  }
  const moved = { ...row, ...set }
  const isMoved =
    moved.serviceId !== row.serviceId || moved.regionId !== row.regionId || moved.resourceName !== row.resourceName
  if (isMoved && (await hasProjectLimits(id))) throw inUse(id)
  await requirePlace(moved.serviceId, moved.regionId)
  const told = { was: registeredLimitWire(row), wire: registeredLimitWire }
  const changed = await refusingDuplicates(DUPLICATE, () =>
    notedChange(ctx, 'registered_limit', told, (tx) =>
      updateRegistered(
        id,
        {
          ...set,
          ...(input.default_limit !== undefined && { defaultLimit: input.default_limit }),
          ...(input.description !== undefined && { description: input.description ?? '' }),
        },
        tx,
      ),
    ),
  )
  return registeredLimitWire(changed)
}

export async function deleteRegisteredLimit(ctx: RequestContext, id: string): Promise<void> {
  requireManager(ctx, 'identity:delete_registered_limit')
  const was = registeredLimitWire(await requireRegistered(id))
  const isGone = await notedRemoval(ctx, 'registered_limit', was, (tx) => deleteRegisteredRow(id, tx))
  if (!isGone && (await findRegistered(id)) !== null) throw inUse(id)
}

const DUPLICATE = 'A limit of this resource is registered already for the service and region.'

/** Keystone calls a service or region that is not there a bad request here. */
async function requirePlace(serviceId: string, regionId: string | null | undefined): Promise<void> {
  if ((await findService(serviceId)) === null) {
    throw apiError('bad_request', { public: `Could not find service: ${serviceId}.` })
  }
  if (regionId && (await findRegion(regionId)) === null) {
    throw apiError('bad_request', { public: `Could not find region: ${regionId}.` })
  }
}

async function requireRegistered(id: string): Promise<RegisteredLimitRecord> {
  const row = await findRegistered(id)
  if (row === null) throw apiError('not_found', { public: `Could not find registered limit for ${id}.` })
  return row
}

function inUse(id: string) {
  return apiError('forbidden', {
    public: `Unable to update or delete registered limit ${id} because there are project limits associated with it.`,
  })
}
