import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { forgetAllTokens } from '@/lib/identity/principal-cache'
import { now } from '@/lib/runtime/clock'
import { newHexId } from '@/lib/runtime/ids'
import { checkPassword } from './auth-methods'
import { refusingDuplicates } from './database-errors'
import { requireDomain } from './domains'
import { notedChange, notedCreation, notedRemoval } from './noted'
import { descriptionField, flagField, idField, nameField, parseBody } from './parse-body'
import { hashPassword } from './passwords'
import { requireManager, requireOverseer, requireSelfOrOverseer } from './permissions'
import type { UserRecord } from './records'
import { deleteTokensOfUser } from './token-repo'
import {
  deleteUserRow,
  findUser,
  insertUser,
  listUserRows,
  type UserFilter,
  type UserWithDomain,
  updateUser,
} from './user-repo'

const passwordField = z.string().min(1).max(4096)

const userSchema = z.object({
  name: nameField,
  domain_id: idField.nullish(),
  password: passwordField.nullish(),
  email: z.string().max(320).nullish(),
  description: descriptionField,
  default_project_id: idField.nullish(),
  enabled: flagField,
})

/** As much as events tell of a password. */
const newPassword = { more: { password_changed: true } }

const passwordSchema = z.object({ original_password: z.string(), password: passwordField })

export function userWire(user: UserRecord) {
  return {
    id: user.id,
    name: user.name,
    domain_id: user.domainId,
    enabled: user.isEnabled,
    ...(user.email !== null && { email: user.email }),
    ...(user.description !== '' && { description: user.description }),
    ...(user.defaultProjectId !== null && { default_project_id: user.defaultProjectId }),
    password_expires_at: null,
    options: {},
  }
}

export async function listUsers(ctx: RequestContext, filter: UserFilter) {
  requireOverseer(ctx, 'identity:list_users')
  return (await listUserRows(filter)).map(userWire)
}

export async function showUser(ctx: RequestContext, id: string) {
  requireSelfOrOverseer(ctx, id, 'identity:get_user')
  return userWire(await requireUser(id))
}

export async function createUser(ctx: RequestContext, body: unknown) {
  requireManager(ctx, 'identity:create_user')
  const input = parseBody(userSchema, body, 'user')
  const { principal } = ctx
  const domainId = input.domain_id ?? principal.domainId ?? principal.projectDomainId ?? 'default'
  await requireDomain(domainId)
  const row = {
    id: newHexId(),
    name: input.name,
    domainId,
    passwordHash: await hashIfGiven(input.password),
    email: input.email ?? null,
    description: input.description ?? '',
    defaultProjectId: input.default_project_id ?? null,
    isEnabled: input.enabled ?? true,
    mustChange: false,
    createdAt: now(),
  }
  const made = await refusingDuplicates(duplicate(input.name, domainId), () =>
    notedCreation(ctx, 'user', userWire, (tx) => insertUser(row, tx)),
  )
  return userWire(made)
}

/** A new password or a disabled account ends all tokens of the user. */
export async function changeUser(ctx: RequestContext, id: string, body: unknown) {
  requireManager(ctx, 'identity:update_user')
  const input = parseBody(userSchema.partial(), body, 'user')
  const user = await requireUser(id)
  if ((input.domain_id ?? user.domainId) !== user.domainId) {
    throw apiError('bad_request', { public: 'The domain of a user cannot be changed.' })
  }
  const passwordHash = await hashIfGiven(input.password)
  const set = {
    ...(input.name !== undefined && { name: input.name }),
    ...(input.email !== undefined && { email: input.email }),
    ...(input.description !== undefined && { description: input.description ?? '' }),
    ...(input.default_project_id !== undefined && { defaultProjectId: input.default_project_id }),
    ...(input.enabled !== undefined && { isEnabled: input.enabled }),
    ...(passwordHash !== null && { passwordHash, mustChange: false }),
  }
  const told = { was: userWire(user), wire: userWire, ...(passwordHash !== null && newPassword) }
  const changed = await refusingDuplicates(duplicate(input.name ?? user.name, user.domainId), () =>
    notedChange(ctx, 'user', told, async (tx) => {
      if (passwordHash !== null || input.enabled === false) await deleteTokensOfUser(id, tx)
      return await updateUser(id, set, tx)
    }),
  )
  forgetAllTokens()
  return userWire(changed)
}

export async function deleteUser(ctx: RequestContext, id: string): Promise<void> {
  requireManager(ctx, 'identity:delete_user')
  const user = await requireUser(id)
  await notedRemoval(ctx, 'user', userWire(user), (tx) => deleteUserRow(id, tx))
  forgetAllTokens()
}

/**
 * Changes the caller's own password and ends all tokens of theirs. Wrong guesses of the present password count as
 * failed sign-ins, since a stolen token must not become a way to try passwords.
 */
export async function changePassword(
  ctx: RequestContext,
  id: string,
  body: unknown,
  remoteAddress: string,
): Promise<void> {
  if (ctx.principal.userId !== id) {
    throw apiError('forbidden', { public: 'Users change their own password; others’ are set with user set.' })
  }
  const input = parseBody(passwordSchema, body, 'user')
  const user = await requireUser(id)
  await checkPassword(user, input.original_password, { remoteAddress, name: user.id })
  if (input.password === input.original_password) {
    throw apiError('bad_request', { public: 'The new password must differ from the present one.' })
  }
  const passwordHash = await hashPassword(input.password)
  await notedChange(ctx, 'user', { was: userWire(user), wire: userWire, ...newPassword }, async (tx) => {
    await deleteTokensOfUser(id, tx)
    return await updateUser(id, { passwordHash, mustChange: false }, tx)
  })
  forgetAllTokens()
}

/** Throws `not_found`. */
export async function requireUser(id: string): Promise<UserWithDomain> {
  const user = await findUser(id)
  if (user === null) throw apiError('not_found', { public: `Could not find user: ${id}.` })
  return user
}

async function hashIfGiven(password: string | null | undefined): Promise<string | null> {
  return password === null || password === undefined ? null : hashPassword(password)
}

function duplicate(name: string, domainId: string): string {
  return `A user named ${name} exists already in domain ${domainId}.`
}
