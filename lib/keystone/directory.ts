import { z } from 'zod'
import { isApiError } from '@/lib/errors/api-error'
import type { KeystoneAnswer, KeystoneRequest } from './client'
import { askAsService, type ServiceScope } from './service-session'

export interface DirectoryEntry {
  readonly kind: 'domain' | 'project' | 'user' | 'group'
  readonly id: string
  readonly name: string
  readonly email?: string | undefined
}

export interface Directory {
  readonly entries: readonly DirectoryEntry[]
  /** what Keystone did not tell, for people */
  readonly gaps: readonly string[]
}

const row = z.object({ id: z.string(), name: z.string(), email: z.string().nullish() })

/**
 * Everybody and everything that Keystone has a name for, as far as it tells the service user: the role reader on the
 * system sees all, the one on a project as much as Keystone's policy lets it. What it does not tell is no error.
 */
export async function readDirectory(): Promise<Directory> {
  const scope = await bestScope()
  const entries: DirectoryEntry[] = []
  const gaps: string[] = []
  const read = async (kind: DirectoryEntry['kind'], path: string) => {
    const found = await list(scope, kind, path)
    if (typeof found === 'string') gaps.push(found)
    else entries.push(...found.entries)
    if (typeof found !== 'string' && found.isCut) gaps.push(`Keystone cut its list of ${kind}s short (${path})`)
  }
  await read('domain', '/domains')
  await read('project', '/projects')
  const domains = entries.filter(({ kind }) => kind === 'domain')
  // Keystone lists users of a domain with its own directory only when it is asked for that domain.
  for (const { id } of domains) {
    const query = new URLSearchParams({ domain_id: id })
    await read('user', `/users?${query}`)
    await read('group', `/groups?${query}`)
  }
  if (domains.length === 0) {
    await read('user', '/users')
    await read('group', '/groups')
  }
  return { entries, gaps }
}

async function bestScope(): Promise<ServiceScope> {
  const answer = await ask('system', { method: 'GET', path: '/domains' })
  return answer?.status === 200 ? 'system' : 'project'
}

async function list(scope: ServiceScope, kind: DirectoryEntry['kind'], path: string) {
  const answer = await ask(scope, { method: 'GET', path })
  if (answer === undefined) return `Keystone cannot be asked for ${kind}s (${path})`
  const name = `${kind}s` as const
  const parsed = z.object({ [name]: z.array(row), truncated: z.boolean().optional() }).safeParse(answer.body)
  if (answer.status !== 200 || !parsed.success) {
    return `Keystone answered ${answer.status} when asked for ${kind}s (${path})`
  }
  const rows = z.array(row).parse(parsed.data[name])
  const isCut = parsed.data.truncated === true
  return {
    entries: rows.map(({ id, name: text, email }) => ({ kind, id, name: text, email: email ?? undefined })),
    isCut,
  }
}

/** Undefined where Keystone does not answer, or does not sign the service user in to this scope. */
async function ask(scope: ServiceScope, request: KeystoneRequest): Promise<KeystoneAnswer | undefined> {
  try {
    return await askAsService(request, scope)
  } catch (error) {
    if (isApiError(error) && error.code === 'identity_unavailable') return undefined
    throw error
  }
}
