import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { newHexId } from '@/lib/runtime/ids'
import { refusingDuplicates } from './database-errors'
import {
  deleteLimitRow,
  findLimit,
  insertLimits,
  type LimitWithRegistered,
  listLimitRows,
  listRegisteredRows,
  type ProjectLimitFilter,
  updateLimit,
} from './limit-repo'
import { noted, notedChange, notedRemoval } from './noted'
import { descriptionField, idField, parseBody } from './parse-body'
import { isOverseer, requireManager, requireOverseer } from './permissions'
import { findProject } from './project-repo'
import { limitField, resourceNameField } from './registered-limits'

const limitSchema = z.strictObject({
  project_id: idField,
  service_id: idField,
  region_id: z.string().max(255).nullish(),
  resource_name: resourceNameField,
  resource_limit: limitField,
  description: descriptionField,
})

const changeSchema = z.strictObject({ resource_limit: limitField.optional(), description: descriptionField })

function limitWire({ id, projectId, resourceLimit, description, registeredLimit }: LimitWithRegistered) {
  const { serviceId, regionId, resourceName } = registeredLimit
  return {
    id,
    project_id: projectId,
    domain_id: null,
    service_id: serviceId,
    region_id: regionId === '' ? null : regionId,
    resource_name: resourceName,
    resource_limit: resourceLimit,
    description: description === '' ? null : description,
  }
}

/** Overseers see the limits of all projects, others those of the project they are in. */
export async function listLimits(ctx: RequestContext, filter: ProjectLimitFilter) {
  const { principal } = ctx
  if (isOverseer(principal)) return (await listLimitRows(filter)).map(limitWire)
  const own = principal.projectId
  if (own === null || (filter.projectId ?? own) !== own) return []
  return (await listLimitRows({ ...filter, projectId: own })).map(limitWire)
}

export async function showLimit(ctx: RequestContext, id: string) {
  const limit = await findLimit(id)
  const isOwn = limit !== null && limit.projectId === ctx.principal.projectId
  if (!isOwn) requireOverseer(ctx, 'identity:get_limit')
  return limitWire(found(limit, id))
}

/** Gives projects limits of their own, all of the body or none. Throws `bad_request`, `forbidden` and `conflict`. */
export async function createLimits(ctx: RequestContext, body: unknown) {
  requireManager(ctx, 'identity:create_limits')
  const inputs = parseBody(z.array(limitSchema).min(1).max(100), body, 'limits')
  const limits: LimitWithRegistered[] = []
  for (const input of inputs) {
    const [registeredLimit] = await listRegisteredRows({
      serviceId: input.service_id,
      regionId: input.region_id ?? '',
      resourceName: input.resource_name,
    })
    if (registeredLimit === undefined) {
      throw apiError('forbidden', {
        public: 'Unable to create a limit that has no corresponding registered limit.',
      })
    }
    if ((await findProject(input.project_id)) === null) {
      throw apiError('bad_request', { public: `Could not find project: ${input.project_id}.` })
    }
    limits.push({
      id: newHexId(),
      registeredLimitId: registeredLimit.id,
      projectId: input.project_id,
      resourceLimit: input.resource_limit,
      description: input.description ?? '',
      registeredLimit,
    })
  }
  await refusingDuplicates('The project has a limit of this resource already.', () =>
    noted(ctx, ['limit', 'created'], async (tx) => {
      await insertLimits(
        limits.map(({ registeredLimit: _registered, ...row }) => row),
        tx,
      )
      return limits.map((limit) => ({ result: limit, is: limitWire(limit) }))
    }),
  )
  return limits.map(limitWire)
}

export async function changeLimit(ctx: RequestContext, id: string, body: unknown) {
  requireManager(ctx, 'identity:update_limit')
  const input = parseBody(changeSchema, body, 'limit')
  const was = limitWire(found(await findLimit(id), id))
  const set = {
    ...(input.resource_limit !== undefined && { resourceLimit: input.resource_limit }),
    ...(input.description !== undefined && { description: input.description ?? '' }),
  }
  const changed = await refusingDuplicates('The limit exists already.', () =>
    notedChange(ctx, 'limit', { was, wire: limitWire }, (tx) => updateLimit(id, set, tx)),
  )
  return limitWire(changed)
}

export async function deleteLimit(ctx: RequestContext, id: string): Promise<void> {
  requireManager(ctx, 'identity:delete_limit')
  const was = limitWire(found(await findLimit(id), id))
  if (!(await notedRemoval(ctx, 'limit', was, (tx) => deleteLimitRow(id, tx)))) throw notFound(id)
}

function found(limit: LimitWithRegistered | null, id: string): LimitWithRegistered {
  if (limit === null) throw notFound(id)
  return limit
}

function notFound(id: string) {
  return apiError('not_found', { public: `Could not find limit for ${id}.` })
}
