import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { forgetAllTokens } from '@/lib/identity/principal-cache'
import { now } from '@/lib/runtime/clock'
import { newHexId, randomToken } from '@/lib/runtime/ids'
import { refusingDuplicates } from './database-errors'
import { notedCreation, notedRemoval } from './noted'
import { descriptionField, nameField, parseBody } from './parse-body'
import { hashPassword } from './passwords'
import { requireSelfOrManager, requireSelfOrOverseer } from './permissions'
import type { CredentialRecord, RoleRecord } from './records'
import { listRoleRows } from './role-repo'
import { effectiveRoles } from './roles-of'
import { deleteCredentialRow, findCredential, findTokenRow, insertCredential, listCredentialRows } from './token-repo'

const credentialSchema = z.object({
  name: nameField,
  description: descriptionField,
  secret: z.string().min(1).max(4096).nullish(),
  expires_at: z.string().nullish(),
  roles: z.array(z.object({ id: z.string().optional(), name: z.string().optional() })).nullish(),
  unrestricted: z.boolean().nullish(),
})

function credentialWire(credential: CredentialRecord, roles: readonly RoleRecord[]) {
  return {
    id: credential.id,
    name: credential.name,
    description: credential.description,
    project_id: credential.projectId,
    user_id: credential.userId,
    expires_at: credential.expiresAt === null ? null : keystoneNaiveTime(credential.expiresAt),
    unrestricted: credential.isUnrestricted,
    system: null,
    roles: roles
      .filter((role) => credential.roleIds.includes(role.id))
      .map((role) => ({ id: role.id, name: role.name, domain_id: null })),
  }
}

export async function listCredentials(ctx: RequestContext, userId: string, name: string | undefined) {
  requireSelfOrOverseer(ctx, userId, 'identity:list_application_credentials')
  const [rows, roles] = await Promise.all([listCredentialRows(userId, name), listRoleRows()])
  return rows.map((row) => credentialWire(row, roles))
}

export async function showCredential(ctx: RequestContext, userId: string, id: string) {
  requireSelfOrOverseer(ctx, userId, 'identity:get_application_credential')
  return credentialWire(await requireCredential(userId, id), await listRoleRows())
}

/**
 * Makes a credential for the project that the token is scoped to, with roles that the user holds there. The secret
 * is in this answer alone. Nobody makes one for somebody else, and one that is restricted makes no others.
 */
export async function createCredential(ctx: RequestContext, userId: string, body: unknown) {
  const { principal } = ctx
  if (principal.userId !== userId) {
    throw apiError('forbidden', { public: 'Application credentials are made by their user.' })
  }
  await refuseRestricted(ctx)
  const input = parseBody(credentialSchema, body, 'application_credential')
  const projectId = principal.projectId
  if (projectId === null) {
    throw apiError('bad_request', { public: 'An application credential needs a token that is scoped to a project.' })
  }
  const held = await effectiveRoles(userId, { kind: 'project', id: projectId })
  const secret = input.secret ?? randomToken(48)
  const credential: CredentialRecord = {
    id: newHexId(),
    name: input.name,
    userId,
    projectId,
    description: input.description ?? '',
    secretHash: await hashPassword(secret),
    roleIds: chooseRoles(held, input.roles ?? undefined),
    isUnrestricted: input.unrestricted ?? false,
    expiresAt: parseExpiry(input.expires_at),
  }
  const wire = credentialWire(credential, held)
  await refusingDuplicates(`You have an application credential named ${input.name} already.`, () =>
    notedCreation(
      ctx,
      'application_credential',
      () => wire,
      (tx) => insertCredential({ ...credential, createdAt: now() }, tx),
    ),
  )
  return { ...wire, secret }
}

/** Ends the credential and all tokens that were made with it. */
export async function deleteCredential(ctx: RequestContext, userId: string, id: string): Promise<void> {
  requireSelfOrManager(ctx, userId, 'identity:delete_application_credential')
  await refuseRestricted(ctx)
  const was = credentialWire(await requireCredential(userId, id), await listRoleRows())
  await notedRemoval(ctx, 'application_credential', was, (tx) => deleteCredentialRow(id, tx))
  forgetAllTokens()
}

async function requireCredential(userId: string, id: string): Promise<CredentialRecord> {
  const credential = await findCredential(id)
  if (credential === null || credential.userId !== userId) {
    throw apiError('not_found', { public: `Could not find application credential: ${id}.` })
  }
  return credential
}

async function refuseRestricted(ctx: RequestContext): Promise<void> {
  const token = await findTokenRow(ctx.principal.tokenHash)
  if (token === null || token.applicationCredentialId === null) return
  const own = await findCredential(token.applicationCredentialId)
  if (own?.isUnrestricted !== true) {
    throw apiError('forbidden', { public: 'A restricted application credential cannot manage credentials.' })
  }
}

type RoleChoice = readonly { readonly id?: string | undefined; readonly name?: string | undefined }[]

function chooseRoles(held: readonly RoleRecord[], wanted: RoleChoice | undefined): string[] {
  if (wanted === undefined || wanted.length === 0) return held.map((role) => role.id)
  return wanted.map(({ id, name }) => {
    const role = held.find((candidate) => (id === undefined ? candidate.name === name : candidate.id === id))
    if (role === undefined) {
      throw apiError('bad_request', { public: `You do not hold the role ${id ?? name ?? ''} on this project.` })
    }
    return role.id
  })
}

/** Keystone's times without a zone are in UTC. */
function parseExpiry(text: string | null | undefined): Date | null {
  if (text === null || text === undefined) return null
  const moment = new Date(/([zZ]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`)
  if (Number.isNaN(moment.getTime())) throw apiError('bad_request', { public: 'expires_at is not a time.' })
  if (moment <= now()) throw apiError('bad_request', { public: 'expires_at must lie in the future.' })
  return moment
}

/** `2026-01-01T00:00:00.000000`, the form of application credentials. */
function keystoneNaiveTime(moment: Date): string {
  return moment.toISOString().replace('Z', '000')
}
