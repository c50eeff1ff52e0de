import { z } from 'zod'
import { apiError } from '@/lib/errors/api-error'
import { logger } from '@/lib/runtime/logger'
import { askKeystone, type KeystoneAnswer } from './client'
import { askAsService } from './service-session'
import { type KeystoneToken, tokenSchema } from './token-schema'

interface Credentials {
  readonly userName: string
  readonly domainName: string
  readonly password: string
}

interface Grant {
  readonly token: string
  readonly expiresAt: Date
}

interface Choice {
  readonly projectId: string
  readonly projectName: string
  readonly domainName: string
  readonly roles: readonly string[]
}

/** Throws `sign_in_refused` and `identity_unavailable`. */
export async function signInWithPassword({ userName, domainName, password }: Credentials) {
  const user = { name: userName, domain: { name: domainName }, password }
  const answer = await askKeystone({
    method: 'POST',
    path: '/auth/tokens?nocatalog',
    body: { auth: { identity: { methods: ['password'], password: { user } }, scope: 'unscoped' } },
  })
  if (answer.status === 401 || answer.status === 403 || answer.status === 400) throw apiError('sign_in_refused')
  const { token, facts } = tokenOf(answer)
  return {
    token,
    expiresAt: facts.expires_at,
    userId: facts.user.id,
    userName: facts.user.name,
    mustChangePassword: false,
  }
}

const projectsSchema = z.object({
  projects: z.array(z.object({ id: z.string(), name: z.string(), domain_id: z.string() })),
})

/** Throws `unauthorized` when the token ended. */
export async function listScopes(token: string): Promise<readonly Choice[]> {
  const headers = { 'x-auth-token': token }
  const [projects, domains, roles] = await Promise.all([
    askKeystone({ method: 'GET', path: '/auth/projects', headers }),
    domainNames(),
    rolesByProject(token),
  ])
  if (projects.status === 401) throw apiError('unauthorized')
  const parsed = projectsSchema.safeParse(projects.body)
  if (!parsed.success) throw unexpected(projects)
  return parsed.data.projects
    .map((project) => ({
      projectId: project.id,
      projectName: project.name,
      domainName: domains.get(project.domain_id) ?? project.domain_id,
      roles: roles.get(project.id) ?? [],
    }))
    .sort((a, b) => a.projectName.localeCompare(b.projectName))
}

/** Throws `unauthorized` when the token ended and `forbidden` when its holder has no role there. */
export async function enterProject(token: string, projectId: string): Promise<Grant> {
  const answer = await askKeystone({
    method: 'POST',
    path: '/auth/tokens?nocatalog',
    body: { auth: { identity: { methods: ['token'], token: { id: token } }, scope: { project: { id: projectId } } } },
  })
  if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
    // Keystone says 401 both for a token that ended and for a project without a role.
    const isTokenGood = (await validate(token)) !== undefined
    throw isTokenGood ? apiError('forbidden', { public: 'You cannot enter this project.' }) : apiError('unauthorized')
  }
  const { token: scoped, facts } = tokenOf(answer)
  return { token: scoped, expiresAt: facts.expires_at }
}

/** Ends a token; a Keystone that does not answer must not keep a person from signing out. */
export async function endToken(token: string): Promise<void> {
  try {
    await askKeystone({
      method: 'DELETE',
      path: '/auth/tokens',
      headers: { 'x-auth-token': token, 'x-subject-token': token },
    })
  } catch (error) {
    logger().warn({ err: error }, 'a token could not be revoked in Keystone; it ends by itself')
  }
}

async function validate(token: string): Promise<KeystoneToken | undefined> {
  const answer = await askAsService({
    method: 'GET',
    path: '/auth/tokens?nocatalog',
    headers: { 'x-subject-token': token },
  })
  return answer.status === 200 ? tokenSchema.parse(answer.body).token : undefined
}

const domainsSchema = z.object({ domains: z.array(z.object({ id: z.string(), name: z.string() })) })

/** Names of domains, as far as the service user may read them. */
async function domainNames(): Promise<ReadonlyMap<string, string>> {
  const answer = await askAsService({ method: 'GET', path: '/domains' })
  const parsed = domainsSchema.safeParse(answer.body)
  return new Map(parsed.success ? parsed.data.domains.map((domain) => [domain.id, domain.name]) : [])
}

const assignmentsSchema = z.object({
  role_assignments: z.array(
    z.object({
      role: z.object({ name: z.string() }),
      scope: z.object({ project: z.object({ id: z.string() }).optional() }),
    }),
  ),
})

/** Effective roles by project, as far as the service user may read them; Keystone reserves that to admins. */
async function rolesByProject(token: string): Promise<ReadonlyMap<string, string[]>> {
  const facts = await validate(token)
  if (facts === undefined) throw apiError('unauthorized')
  const query = `user.id=${encodeURIComponent(facts.user.id)}&effective&include_names=true`
  const answer = await askAsService({ method: 'GET', path: `/role_assignments?${query}` })
  const parsed = assignmentsSchema.safeParse(answer.body)
  const found = new Map<string, string[]>()
  for (const { role, scope } of parsed.data?.role_assignments ?? []) {
    if (scope.project === undefined) continue
    found.set(scope.project.id, [...(found.get(scope.project.id) ?? []), role.name])
  }
  for (const roles of found.values()) roles.sort()
  return found
}

function tokenOf(answer: KeystoneAnswer): { token: string; facts: KeystoneToken } {
  const parsed = tokenSchema.safeParse(answer.body)
  if (answer.status !== 201 || answer.subjectToken === null || !parsed.success) throw unexpected(answer)
  return { token: answer.subjectToken, facts: parsed.data.token }
}

function unexpected(answer: KeystoneAnswer) {
  return apiError('identity_unavailable', {
    detail: { reason: 'Keystone gave an unexpected answer', status: answer.status },
  })
}
