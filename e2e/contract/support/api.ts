import { inject } from 'vitest'
import { type OpenUpload, openUpload, send, type WireRequest, type WireResponse } from '../../support/http-client'
import type { PersonaName } from './world'

const world = inject('world')
const base = new URL(world.baseUrl)

type Options = Omit<WireRequest, 'path' | 'method'> & {
  /** A value to send as JSON; body wins over it. */
  readonly json?: unknown
}

export interface Caller {
  readonly projectId: string
  readonly headers: Readonly<Record<string, string>>
  request(method: string, path: string, options?: Options): Promise<WireResponse>
  get(path: string, options?: Options): Promise<WireResponse>
  post(path: string, options?: Options): Promise<WireResponse>
  put(path: string, options?: Options): Promise<WireResponse>
  patch(path: string, options?: Options): Promise<WireResponse>
  delete(path: string, options?: Options): Promise<WireResponse>
  upload(path: string, options?: Options): OpenUpload
}

/** Asks as glanceclient does, with "Accept: *\/*", unless the test says otherwise (an empty Accept sends none). */
function callerWith(token: string | undefined, projectId: string): Caller {
  const headers: Record<string, string> = { Accept: '*/*', ...(token === undefined ? {} : { 'X-Auth-Token': token }) }
  const wire = (method: string, path: string, options: Options = {}): WireRequest => {
    const { json, ...rest } = options
    const merged = { ...headers, ...rest.headers }
    if (merged.Accept === '') delete merged.Accept
    const body = rest.body ?? (json === undefined ? undefined : JSON.stringify(json))
    return { ...rest, method, path, headers: merged, ...(body === undefined ? {} : { body }) }
  }
  const request = (method: string, path: string, options?: Options) => send(base, wire(method, path, options))
  return {
    projectId,
    headers,
    request,
    get: (path, options) => request('GET', path, options),
    post: (path, options) => request('POST', path, options),
    put: (path, options) => request('PUT', path, options),
    patch: (path, options) => request('PATCH', path, options),
    delete: (path, options) => request('DELETE', path, options),
    upload: (path, options) => openUpload(base, wire('PUT', path, options)),
  }
}

function persona(name: PersonaName): Caller {
  const { token, projectId } = world.personas[name]
  return callerWith(token, projectId)
}

export const admin = persona('admin')
export const member = persona('member')
export const reader = persona('reader')
export const roleless = persona('roleless')
export const other = persona('other')
export const limited = persona('limited')
export const unscoped = persona('unscoped')
export const service = persona('service')
export const anonymous = callerWith(undefined, '')
export const withToken = (token: string): Caller => callerWith(token, '')

export const settings = world.settings
export const baseUrl = base
