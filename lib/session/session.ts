import { z } from 'zod'
import { config } from '@/lib/config/load'
import { sessionKey } from '@/lib/config/session-secret'
import {
  endToken,
  enterProject,
  listScopes,
  type PasswordCredentials,
  type ScopeChoice,
  signInWithPassword,
} from '@/lib/identity/sign-in'
import { TokenCache } from '@/lib/identity/token-cache'
import { tokenHashOf } from '@/lib/identity/token-hash'
import { now } from '@/lib/runtime/clock'
import { randomToken } from '@/lib/runtime/ids'
import { processSingleton } from '@/lib/runtime/process-singleton'
import { seal, unseal } from '@/lib/runtime/seal'
import { deleteSession, deleteSessionsBefore, findSession, insertSession, replaceSecret } from './session-repo'

/** A person signed in at the dashboard. The cloud tokens never leave the server. */
export interface DashboardSession {
  readonly id: string
  readonly userId: string
  readonly userName: string
  readonly userDomainName: string
  readonly mustChangePassword: boolean
  readonly unscopedToken: string
  /** null until a project is chosen */
  readonly scopedToken: string | null
  readonly expiresAt: Date
}

const secretSchema = z.object({
  userDomainName: z.string(),
  mustChangePassword: z.boolean(),
  unscopedToken: z.string(),
  scopedToken: z.string().nullable(),
})

/**
 * Signs a person in and enters the only project there is, or else `lastProjectId` if it is still one of theirs.
 * Returns the id that the browser's cookie carries. Throws what signInWithPassword throws.
 */
export async function openSession(
  credentials: PasswordCredentials,
  from: { readonly remoteAddress: string; readonly lastProjectId: string | undefined },
): Promise<DashboardSession> {
  const grant = await signInWithPassword(credentials, from.remoteAddress)
  const scopedToken = await enterAtOnce(grant.token, from.lastProjectId)
  const latest = new Date(now().getTime() + config().session.lifetimeSeconds * 1000)
  const session: DashboardSession = {
    id: randomToken(32),
    userId: grant.userId,
    userName: grant.userName,
    userDomainName: credentials.domainName,
    mustChangePassword: grant.mustChangePassword,
    unscopedToken: grant.token,
    scopedToken,
    expiresAt: grant.expiresAt < latest ? grant.expiresAt : latest,
  }
  await deleteSessionsBefore(now())
  const { userId, userName, expiresAt } = session
  const idHash = tokenHashOf(session.id)
  await insertSession({ idHash, userId, userName, expiresAt, secretEncrypted: sealed(session) }, now())
  return session
}

async function enterAtOnce(token: string, lastProjectId: string | undefined): Promise<string | null> {
  const scopes = await listScopes(token)
  const choice = scopes.length === 1 ? scopes[0] : scopes.find((scope) => scope.projectId === lastProjectId)
  return choice === undefined ? null : (await enterProject(token, choice.projectId)).token
}

/** The session of an id, or undefined when there is none, it is over, or its secret cannot be read. */
export async function findDashboardSession(id: string): Promise<DashboardSession | undefined> {
  const row = await findSession(tokenHashOf(id))
  if (row === null || row.expiresAt <= now()) return undefined
  const text = unseal(row.secretEncrypted, sessionKey(), row.idHash)
  if (text === undefined) return undefined
  const { userId, userName, expiresAt } = row
  return { id, userId, userName, expiresAt, ...secretSchema.parse(JSON.parse(text)) }
}

const SCOPES_KEPT_MS = 30_000

/** The projects that the person may enter; kept for a moment, since every page names them. Throws `unauthorized`. */
export async function scopesOf(session: DashboardSession): Promise<readonly ScopeChoice[]> {
  const key = tokenHashOf(session.id)
  const load = async () => ({
    value: await listScopes(session.unscopedToken),
    goodUntilMs: now().getTime() + SCOPES_KEPT_MS,
  })
  return scopeCache().get(key) ?? (await scopeCache().getOrLoad(key, load))
}

function scopeCache(): TokenCache<readonly ScopeChoice[]> {
  const options = { entriesMax: 2000, nowMs: () => now().getTime() }
  return processSingleton('session-scopes', () => new TokenCache<readonly ScopeChoice[]>(options))
}

/** Moves the session to a project. Throws `forbidden` without a role there and `unauthorized` when it is over. */
export async function enterSessionProject(session: DashboardSession, projectId: string): Promise<void> {
  const grant = await enterProject(session.unscopedToken, projectId)
  await replaceSecret(tokenHashOf(session.id), sealed({ ...session, scopedToken: grant.token }), now())
  if (session.scopedToken !== null) await endToken(session.scopedToken)
}

/**
 * A token of the session's person for work that goes on without it: another project or signing out ends the session's
 * own. Throws as {@link enterSessionProject}.
 */
export async function tokenForWork(session: DashboardSession, projectId: string): Promise<string> {
  return (await enterProject(session.unscopedToken, projectId)).token
}

/** Ends the session and its cloud tokens; not an error when they ended before. */
export async function closeSession(session: DashboardSession): Promise<void> {
  await deleteSession(tokenHashOf(session.id))
  scopeCache().delete(tokenHashOf(session.id))
  if (session.scopedToken !== null) await endToken(session.scopedToken)
  await endToken(session.unscopedToken)
}

function sealed(session: DashboardSession): string {
  const { userDomainName, mustChangePassword, unscopedToken, scopedToken } = session
  const secret = { userDomainName, mustChangePassword, unscopedToken, scopedToken }
  return seal(JSON.stringify(secret), sessionKey(), tokenHashOf(session.id))
}
