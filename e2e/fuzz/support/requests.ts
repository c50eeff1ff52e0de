import fc from 'fast-check'
import { bodyOf, type DocumentKind, documents } from './documents'
import { headerText, text, urlPart } from './texts'

export const callers = ['admin', 'member', 'anonymous'] as const
export type CallerName = (typeof callers)[number]

/** Images that a path may name, in angle brackets; each run puts the ids in. */
export const places = ['queued', 'active', 'staged', 'shared'] as const
export type Place = (typeof places)[number]

export interface FuzzRequest {
  readonly caller: CallerName
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | undefined
  readonly chunked: boolean
}

interface Route {
  readonly weight: number
  readonly method: string
  /** `*` is any text; `<image>` is an image's id, mostly one that there is */
  readonly path: string
  readonly body?: DocumentKind | 'bytes'
  readonly query?: readonly string[]
}

const listNames = [
  'limit',
  'marker',
  'sort',
  'sort_key',
  'sort_dir',
  'name',
  'id',
  'status',
  'visibility',
  'member_status',
  'owner',
  'os_hidden',
  'protected',
  'tag',
  'tags',
  'size',
  'size_min',
  'size_max',
  'min_ram',
  'min_ram_min',
  'min_disk_max',
  'virtual_size_min',
  'checksum',
  'os_hash_value',
  'created_at',
  'updated_at',
  'disk_format',
  'container_format',
  'changes-since',
  'deleted',
  'properties',
  'members',
  'x_min',
  'os_type',
] as const

const imageRoutes: readonly Route[] = [
  { weight: 12, method: 'GET', path: '/v2/images', query: listNames },
  { weight: 12, method: 'POST', path: '/v2/images', body: 'image' },
  { weight: 5, method: 'GET', path: '/v2/images/<image>' },
  { weight: 14, method: 'PATCH', path: '/v2/images/<image>', body: 'patch' },
  { weight: 1, method: 'DELETE', path: '/v2/images/<image>' },
  { weight: 12, method: 'PUT', path: '/v2/images/<image>/file', body: 'bytes' },
  { weight: 5, method: 'GET', path: '/v2/images/<image>/file', query: ['prefer'] },
  { weight: 6, method: 'PUT', path: '/v2/images/<image>/stage', body: 'bytes' },
  { weight: 8, method: 'POST', path: '/v2/images/<image>/import', body: 'importing' },
  { weight: 2, method: 'POST', path: '/v2/images/<image>/actions/*' },
  { weight: 1, method: 'POST', path: '/v2/images/<image>/actions/deactivate' },
  { weight: 1, method: 'POST', path: '/v2/images/<image>/actions/reactivate' },
  { weight: 2, method: 'GET', path: '/v2/images/<image>/members' },
  { weight: 6, method: 'POST', path: '/v2/images/<image>/members', body: 'member' },
  { weight: 2, method: 'GET', path: '/v2/images/<image>/members/*' },
  { weight: 4, method: 'PUT', path: '/v2/images/<image>/members/*', body: 'status' },
  { weight: 2, method: 'DELETE', path: '/v2/images/<image>/members/*' },
  { weight: 4, method: 'PUT', path: '/v2/images/<image>/tags/*' },
  { weight: 2, method: 'DELETE', path: '/v2/images/<image>/tags/*' },
  { weight: 2, method: 'GET', path: '/v2/images/<image>/tasks' },
  { weight: 2, method: 'GET', path: '/v2/images/<image>/locations' },
  { weight: 2, method: 'POST', path: '/v2/images/<image>/locations', body: 'value' },
  { weight: 1, method: 'DELETE', path: '/v2/stores/*/<image>' },
  { weight: 3, method: 'GET', path: '/v2/tasks', query: ['limit', 'marker', 'sort_key', 'sort_dir', 'type', 'status'] },
  { weight: 2, method: 'POST', path: '/v2/tasks', body: 'value' },
  { weight: 2, method: 'GET', path: '/v2/tasks/*' },
  { weight: 1, method: 'DELETE', path: '/v2/tasks/*' },
  { weight: 1, method: 'GET', path: '/v2/schemas/*' },
  { weight: 1, method: 'GET', path: '/v2/info/*' },
  { weight: 1, method: 'GET', path: '/*' },
  { weight: 1, method: 'GET', path: '/v2/*/*' },
]

const identityNames = ['name', 'domain_id', 'enabled', 'user.id', 'scope.project.id', 'effective', 'type'] as const
const collections = ['projects', 'users', 'roles', 'domains', 'services', 'endpoints', 'regions'] as const

const identityRoutes: readonly Route[] = [
  { weight: 2, method: 'POST', path: '/identity/v3/auth/tokens', body: 'credentials' },
  { weight: 1, method: 'GET', path: '/identity/v3/auth/tokens' },
  { weight: 1, method: 'GET', path: '/identity/v3/role_assignments', query: identityNames },
  { weight: 1, method: 'POST', path: '/identity/v3/users/*/password', body: 'value' },
  { weight: 1, method: 'POST', path: '/identity/v3/users/*/application_credentials', body: 'value' },
  ...collections.flatMap((name): Route[] => [
    { weight: 1, method: 'GET', path: `/identity/v3/${name}`, query: identityNames },
    { weight: 1, method: 'POST', path: `/identity/v3/${name}`, body: 'resource' },
    { weight: 1, method: 'PATCH', path: `/identity/v3/${name}/*`, body: 'resource' },
    { weight: 1, method: 'DELETE', path: `/identity/v3/${name}/*` },
  ]),
]

const otherMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'] as const

const headerValues: Readonly<Record<string, readonly string[]>> = {
  Accept: ['', '*/*', 'application/json', 'text/html;q=x', '*/*;q=0', ',,;', 'application/vnd.openstack.images-v2.99'],
  Range: ['bytes=0-', 'bytes=-0', 'bytes=5-2', 'bytes=0-1,3-4', 'bytes=99999999999999999999-', 'lines=1', 'bytes=-'],
  'Content-Range': ['bytes 0-1/2', 'bytes */5', 'bytes 5-1/2', 'x'],
  'X-Image-Meta-Store': ['file', 'nowhere', 'file,file', '../x', 'os_glance_staging_store'],
  'X-Openstack-Image-Size': ['0', '-1', '1e3', '18446744073709551616', ' 5 ', 'x', '999999999999999999'],
  'X-Image-Meta-Status': ['active'],
  'X-Openstack-Request-Id': ['req-', 'x'.repeat(64), 'x'.repeat(65), '\u00e9'],
  'X-Auth-Token': ['', 'x', 'gAAAAA', '\u00e9'.repeat(100)],
  'X-Service-Token': ['x'],
  'X-Forwarded-Host': ['evil.invalid', '\u00e9'],
  'X-Forwarded-Proto': ['gopher'],
  Host: ['', 'x y', '[::1', 'images.invalid:99999'],
  Expect: ['100-continue'],
  Cookie: ['next-auth.session-token=x', '=;;='],
  'Content-Encoding': ['gzip'],
  'If-None-Match': ['*'],
}

const header: fc.Arbitrary<readonly [string, string]> = fc
  .constantFrom(...Object.keys(headerValues))
  .chain((name) => fc.tuple(fc.constant(name), fc.oneof(fc.constantFrom(...(headerValues[name] ?? [''])), headerText)))

const patchTypes = [
  'application/openstack-images-v2.1-json-patch',
  'application/openstack-images-v2.1-json-patch',
  'application/openstack-images-v2.0-json-patch',
] as const

function contentTypeOf({ body }: Route): fc.Arbitrary<string | undefined> {
  const wrong = fc.oneof(headerText, fc.constantFrom('application/octet-stream', 'text/plain; charset=x', undefined))
  const right =
    body === 'patch'
      ? fc.constantFrom<string | undefined>(...patchTypes)
      : fc.constant(body === 'bytes' ? 'application/octet-stream' : 'application/json')
  return fc.oneof({ weight: 9, arbitrary: right }, { weight: 1, arbitrary: wrong })
}

const imagePlace = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...places).map((place) => `<${place}>`) },
  { weight: 1, arbitrary: fc.uuid() },
  { weight: 1, arbitrary: urlPart },
)

function pathOf(template: string): fc.Arbitrary<string> {
  const parts = template.split('/').map((part) => {
    if (part === '<image>') return imagePlace
    return part === '*' ? fc.oneof(urlPart, fc.constantFrom('file', 'admin', 'image', 'stores')) : fc.constant(part)
  })
  return fc.tuple(...parts).map((made) => made.join('/'))
}

function queryOf(names: readonly string[]): fc.Arbitrary<string> {
  const name = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: urlPart })
  const pair = fc.tuple(name, urlPart).map(([key, value]) => `${key}=${value}`)
  return fc.oneof(
    { weight: 9, arbitrary: fc.array(pair, { maxLength: 4 }).map((pairs) => pairs.join('&')) },
    { weight: 1, arbitrary: urlPart },
    // As many as a request line holds.
    { weight: 1, arbitrary: fc.tuple(pair, fc.constantFrom(130, 5_000)).map(([one, times]) => repeated(one, times)) },
  )
}

function repeated(pair: string, times: number): string {
  const [name = '', value = ''] = pair.split('=')
  const pairs = Array.from({ length: times }, (_, index) => `${name}=${value.slice(0, 6)}${index}`)
  return pairs.join('&').slice(0, 60_000).replace(/%.?$/, '')
}

function requestsTo(route: Route, images: fc.Arbitrary<Buffer>): fc.Arbitrary<FuzzRequest> {
  const { body, query = [] } = route
  const content = body === 'bytes' ? images : body === undefined ? fc.constant(undefined) : bodyOf(documents[body])
  const unexpected = fc.oneof(fc.constant(undefined), text)
  const rarely = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 19, arbitrary: usual }, { weight: 1, arbitrary: rare })
  return fc
    .record({
      caller: fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom<CallerName>('admin', 'member') },
        { weight: 1, arbitrary: fc.constant<CallerName>('anonymous') },
      ),
      method: rarely<string>(fc.constant(route.method), fc.constantFrom(...otherMethods)),
      path: pathOf(route.path),
      query: query.length === 0 ? rarely(fc.constant(''), urlPart) : queryOf(query),
      contentType: contentTypeOf(route),
      more: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(header, { maxLength: 3 }) },
      ),
      body: rarely<string | Buffer | undefined>(content, unexpected),
      chunked: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    })
    .map(({ query: search, contentType, more, path, ...rest }) => ({
      ...rest,
      path: search === '' ? path : `${path}?${search}`,
      headers: {
        Accept: '*/*',
        ...(rest.body !== undefined && contentType !== undefined && { 'Content-Type': contentType }),
        ...Object.fromEntries(more),
      },
    }))
}

/** Requests to every route, hardly one of them in order; `withIdentity` also to the built-in identity. */
export function fuzzRequests(images: fc.Arbitrary<Buffer>, { withIdentity = false } = {}): fc.Arbitrary<FuzzRequest> {
  const routes = withIdentity ? [...imageRoutes, ...identityRoutes] : imageRoutes
  return fc.oneof(...routes.map((route) => ({ weight: route.weight, arbitrary: requestsTo(route, images) })))
}
