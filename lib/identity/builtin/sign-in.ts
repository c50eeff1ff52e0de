import { apiError, isApiError } from '@/lib/errors/api-error'
import type { PasswordCredentials, ScopeChoice, ScopedGrant, UnscopedGrant } from '@/lib/identity/sign-in'
import { tokenHashOf } from '@/lib/identity/token-hash'
import { findProjects } from './project-repo'
import { listAssignmentRows, listImplicationRows, listRoleRows } from './role-repo'
import { withImplied } from './roles-of'
import { isUsable, loadTokenFacts } from './token-facts'
import { issueToken, revokeToken } from './tokens'

export async function signInWithPassword(
  { userName, domainName, password }: PasswordCredentials,
  remoteAddress: string,
): Promise<UnscopedGrant> {
  const user = { name: userName, domain: { name: domainName }, password }
  const { token, facts } = await issueToken(
    { identity: { methods: ['password'], password: { user } }, scope: 'unscoped' },
    remoteAddress,
  )
  return {
    token,
    expiresAt: facts.row.expiresAt,
    userId: facts.user.id,
    userName: facts.user.name,
    mustChangePassword: facts.user.mustChange,
  }
}

export async function listScopes(token: string): Promise<readonly ScopeChoice[]> {
  const facts = await loadTokenFacts(tokenHashOf(token))
  if (facts === undefined) throw apiError('unauthorized')
  const rows = await listAssignmentRows({ userId: facts.user.id, targetKind: 'project' })
  const [projects, implications, roles] = await Promise.all([
    findProjects([...new Set(rows.map((row) => row.targetId))]),
    listImplicationRows(),
    listRoleRows(),
  ])
  return projects.filter(isUsable).map((project) => {
    const direct = rows.filter((row) => row.targetId === project.id).map((row) => row.roleId)
    const held = withImplied(direct, implications)
    return {
      projectId: project.id,
      projectName: project.name,
      domainName: project.domain.name,
      roles: roles.filter((role) => held.has(role.id)).map((role) => role.name),
    }
  })
}

export async function enterProject(token: string, projectId: string): Promise<ScopedGrant> {
  if ((await loadTokenFacts(tokenHashOf(token))) === undefined) throw apiError('unauthorized')
  try {
    const request = {
      identity: { methods: ['token'], token: { id: token } },
      scope: { project: { id: projectId } },
    }
    const issued = await issueToken(request, '')
    return { token: issued.token, expiresAt: issued.facts.row.expiresAt }
  } catch (error) {
    if (isApiError(error) && error.code === 'sign_in_refused') {
      throw apiError('forbidden', { public: 'You cannot enter this project.', cause: error })
    }
    throw error
  }
}

export async function endToken(token: string): Promise<void> {
  await revokeToken(tokenHashOf(token))
}
