import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { forgetAllTokens } from '@/lib/identity/principal-cache'
import { newHexId } from '@/lib/runtime/ids'
import { refusingDuplicates } from './database-errors'
import { notedChange, notedCreation, notedRemoval } from './noted'
import { descriptionField, nameField, parseBody } from './parse-body'
import { requireManager, requireOverseer } from './permissions'
import type { RoleRecord } from './records'
import {
  deleteImplication,
  deleteRoleRow,
  findRole,
  insertRole,
  listImplicationRows,
  listRoleRows,
  updateRole,
  upsertImplication,
} from './role-repo'

const roleSchema = z.object({ name: nameField, description: descriptionField })

export function roleWire(role: RoleRecord) {
  return { id: role.id, name: role.name, domain_id: null, description: role.description, options: {} }
}

export async function listRoles(ctx: RequestContext, filter: { readonly name?: string }) {
  requireOverseer(ctx, 'identity:list_roles')
  return (await listRoleRows(filter)).map(roleWire)
}

export async function showRole(ctx: RequestContext, id: string) {
  requireOverseer(ctx, 'identity:get_role')
  return roleWire(await requireRole(id))
}

export async function createRole(ctx: RequestContext, body: unknown) {
  requireManager(ctx, 'identity:create_role')
  const input = parseBody(roleSchema, body, 'role')
  const row = { id: newHexId(), name: input.name, description: input.description ?? '' }
  const made = await refusingDuplicates(`A role named ${input.name} exists already.`, () =>
    notedCreation(ctx, 'role', roleWire, (tx) => insertRole(row, tx)),
  )
  return roleWire(made)
}

export async function changeRole(ctx: RequestContext, id: string, body: unknown) {
  requireManager(ctx, 'identity:update_role')
  const input = parseBody(roleSchema.partial(), body, 'role')
  const role = await requireRole(id)
  const set = {
    ...(input.name !== undefined && { name: input.name }),
    ...(input.description !== undefined && { description: input.description ?? '' }),
  }
  const changed = await refusingDuplicates(`A role named ${input.name} exists already.`, () =>
    notedChange(ctx, 'role', { was: roleWire(role), wire: roleWire }, (tx) => updateRole(id, set, tx)),
  )
  forgetAllTokens()
  return roleWire(changed)
}

export async function deleteRole(ctx: RequestContext, id: string): Promise<void> {
  requireManager(ctx, 'identity:delete_role')
  const role = await requireRole(id)
  await notedRemoval(ctx, 'role', roleWire(role), (tx) => deleteRoleRow(id, tx))
  forgetAllTokens()
}

const shortRole = (role: RoleRecord) => ({ id: role.id, name: role.name })

/** All implications, one entry for each role that implies others. */
export async function listRoleInferences(ctx: RequestContext) {
  requireOverseer(ctx, 'identity:list_role_inference_rules')
  const [roles, rows] = await Promise.all([listRoleRows(), listImplicationRows()])
  return roles.flatMap((prior) => {
    const impliedIds = new Set(rows.filter((row) => row.priorRoleId === prior.id).map((row) => row.impliedRoleId))
    const implies = roles.filter((role) => impliedIds.has(role.id)).map(shortRole)
    return implies.length === 0 ? [] : [{ prior_role: shortRole(prior), implies }]
  })
}

export async function listImpliedBy(ctx: RequestContext, priorId: string) {
  requireOverseer(ctx, 'identity:list_implied_roles')
  const prior = await requireRole(priorId)
  const inferences = await listRoleInferences(ctx)
  const implies = inferences.find((inference) => inference.prior_role.id === priorId)?.implies ?? []
  return { prior_role: shortRole(prior), implies }
}

/** Throws `not_found` when the one does not imply the other. */
export async function showImplication(ctx: RequestContext, priorId: string, impliedId: string) {
  const { prior_role, implies } = await listImpliedBy(ctx, priorId)
  const implied = implies.find((role) => role.id === impliedId)
  if (implied === undefined) throw noImplication(priorId, impliedId)
  return { prior_role, implies: implied }
}

export async function createImplication(ctx: RequestContext, priorId: string, impliedId: string) {
  requireManager(ctx, 'identity:create_implied_role')
  const [prior, implied] = await Promise.all([requireRole(priorId), requireRole(impliedId)])
  if (priorId === impliedId) throw apiError('bad_request', { public: 'A role cannot imply itself.' })
  const told = { prior_role: shortRole(prior), implies: shortRole(implied) }
  const row = { priorRoleId: priorId, impliedRoleId: impliedId }
  await notedCreation(
    ctx,
    'inference_rule',
    () => told,
    (tx) => upsertImplication(row, tx),
  )
  forgetAllTokens()
  return told
}

export async function removeImplication(ctx: RequestContext, priorId: string, impliedId: string): Promise<void> {
  requireManager(ctx, 'identity:delete_implied_role')
  const row = { priorRoleId: priorId, impliedRoleId: impliedId }
  const was = { prior_role: { id: priorId }, implies: { id: impliedId } }
  if (!(await notedRemoval(ctx, 'inference_rule', was, (tx) => deleteImplication(row, tx)))) {
    throw noImplication(priorId, impliedId)
  }
  forgetAllTokens()
}

/** Throws `not_found`. */
export async function requireRole(id: string): Promise<RoleRecord> {
  const role = await findRole(id)
  if (role === null) throw apiError('not_found', { public: `Could not find role: ${id}.` })
  return role
}

function noImplication(priorId: string, impliedId: string) {
  return apiError('not_found', { public: `Role ${priorId} does not imply role ${impliedId}.` })
}
