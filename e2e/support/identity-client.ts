import { z } from 'zod'
import { send, type WireResponse } from './http-client'

export interface Credentials {
  readonly username: string
  readonly password: string
  /** Without one the token is unscoped. */
  readonly projectId?: string
  readonly projectName?: string
}

export interface Token {
  readonly token: string
  readonly userId: string
  readonly projectId: string | null
}

const tokenSchema = z.object({
  token: z.object({ user: z.object({ id: z.string() }), project: z.object({ id: z.string() }).optional() }),
})
const createdSchema = z.record(z.string(), z.object({ id: z.string() }))
const foundSchema = z.record(z.string(), z.unknown())
const listedSchema = z.array(z.object({ id: z.string() }))

/** Signs in with a password through the Identity API v3, in the default domain. */
export async function signIn(authUrl: string, credentials: Credentials): Promise<Token> {
  const domain = { id: 'default' }
  const { username, password, projectId, projectName } = credentials
  const identity = { methods: ['password'], password: { user: { name: username, domain, password } } }
  const auth =
    projectId !== undefined
      ? { identity, scope: { project: { id: projectId } } }
      : projectName !== undefined
        ? { identity, scope: { project: { name: projectName, domain } } }
        : { identity, scope: 'unscoped' }
  const response = await call(authUrl, 'POST', '/auth/tokens', undefined, { auth })
  const body = tokenSchema.parse(JSON.parse(response.text))
  return {
    token: response.headers['x-subject-token'] ?? '',
    userId: body.token.user.id,
    projectId: body.token.project?.id ?? null,
  }
}

/** What a test needs of the Identity API v3 as administrator. Every call throws unless the server says success. */
export class IdentityAdmin {
  readonly #authUrl: string
  readonly #token: string
  readonly #limitIds = new Map<string, string>()

  constructor(authUrl: string, token: string) {
    this.#authUrl = authUrl
    this.#token = token
  }

  createProject(name: string): Promise<string> {
    return this.#create('/projects', 'project', { name, domain_id: 'default' })
  }

  createUser(name: string, password: string): Promise<string> {
    return this.#create('/users', 'user', { name, password, domain_id: 'default' })
  }

  createRole(name: string): Promise<string> {
    return this.#create('/roles', 'role', { name })
  }

  async findRole(name: string): Promise<string | undefined> {
    const response = await call(this.#authUrl, 'GET', `/roles?name=${encodeURIComponent(name)}`, this.#token)
    return listedSchema.parse(foundSchema.parse(JSON.parse(response.text)).roles)[0]?.id
  }

  async grant(projectId: string, userId: string, roleId: string): Promise<void> {
    await call(this.#authUrl, 'PUT', `/projects/${projectId}/users/${userId}/roles/${roleId}`, this.#token)
  }

  /** Puts an image service into the catalog, in a region of its own. */
  async addImageService(region: string, url: string): Promise<void> {
    const service_id = await this.#first('/services?type=image', 'services')
    await this.#create('/regions', 'region', { id: region })
    await this.#create('/endpoints', 'endpoint', { service_id, interface: 'public', url, region_id: region })
  }

  async remove(kind: 'projects' | 'users' | 'roles', id: string): Promise<void> {
    await call(this.#authUrl, 'DELETE', `/${kind}/${id}`, this.#token)
  }

  /** Limits what a project may have of a resource of the image service; -1 is no limit. */
  async setLimit(projectId: string, resource: string, limit: number): Promise<void> {
    const service = await this.#first('/services?type=image', 'services')
    if (service === undefined) throw new Error('the catalog has no image service')
    const query = `service_id=${service}&resource_name=${resource}`
    const place = { service_id: service, resource_name: resource, region_id: 'RegionOne' }
    if ((await this.#first(`/registered_limits?${query}`, 'registered_limits')) === undefined) {
      const registered_limits = [{ ...place, default_limit: -1 }]
      await call(this.#authUrl, 'POST', '/registered_limits', this.#token, { registered_limits })
    }
    // Keystone shows a token of a project that project's limits alone, so what is there may not be seen.
    const limits = [{ ...place, project_id: projectId, resource_limit: limit }]
    const known = this.#limitIds.get(`${projectId} ${resource}`)
    if (known !== undefined) {
      await call(this.#authUrl, 'PATCH', `/limits/${known}`, this.#token, { limit: { resource_limit: limit } })
      return
    }
    const made = await call(this.#authUrl, 'POST', '/limits', this.#token, { limits })
    const id = listedSchema.parse(foundSchema.parse(JSON.parse(made.text)).limits)[0]?.id
    if (id !== undefined) this.#limitIds.set(`${projectId} ${resource}`, id)
  }

  async #first(path: string, key: string): Promise<string | undefined> {
    const response = await call(this.#authUrl, 'GET', path, this.#token)
    return listedSchema.parse(foundSchema.parse(JSON.parse(response.text))[key])[0]?.id
  }

  async #create(path: string, key: string, entity: object): Promise<string> {
    const response = await call(this.#authUrl, 'POST', path, this.#token, { [key]: entity })
    const created = createdSchema.parse(JSON.parse(response.text))[key]
    if (created === undefined) throw new Error(`POST ${path} answered without a ${key}`)
    return created.id
  }
}

async function call(
  authUrl: string,
  method: string,
  path: string,
  token?: string,
  body?: object,
): Promise<WireResponse> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Content-Type': 'application/json' }
  if (token !== undefined) headers['X-Auth-Token'] = token
  const response = await send(new URL(authUrl), {
    method,
    path,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (response.status >= 300) throw new Error(`${method} ${path} answered ${response.status}: ${response.text}`)
  return response
}
