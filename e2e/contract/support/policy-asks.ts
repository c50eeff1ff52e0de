import type { RuleName } from '@/lib/policy/defaults'
import type { TargetKind } from '@/lib/policy/simulate'
import type { WireResponse } from '../../support/http-client'
import { type Caller, settings } from './api'
import { patchImage, rawBare, unique } from './images'
import { memberPath, membersPath } from './members'
import { namespacePath, namespacesPath, nextName } from './metadefs'
import { type Difference, release } from './row'

/** What a row is about. `memberId` is the project that a shared image is offered to. */
export interface Thing {
  readonly id: string
  readonly ownerId: string
  readonly visibility: string
  readonly memberId: string
}

/** A rule, and what it is asked about where that depends on the route. */
export type Asked = RuleName | { readonly rule: RuleName; readonly about: TargetKind }

/** One request, and the rules that decide it. */
export interface Ask {
  readonly title: string
  /** in the order in which the first refusal decides */
  readonly rules: readonly Asked[]
  readonly thing: 'active image' | 'queued image' | 'shared image' | 'new image' | 'namespace' | 'nothing'
  readonly run: (caller: Caller, thing: Thing) => Promise<WireResponse>
  /** whether the thing is another one once this was let through */
  readonly changes?: boolean
  /** whether an answer shows that every rule let it through; any 2xx does otherwise */
  readonly isAdmitted?: (response: WireResponse, thing: Thing) => boolean
  /** what a refusal by the last rule looks like here, whatever it is elsewhere: what a list leaves out is not there */
  readonly refusal?: 404
  readonly difference?: Difference
}

const ownRules = ['get_image'] as const
const image = (id: string, ...rest: readonly string[]) => ['/v2/images', id, ...rest].join('/')
const bytes = { body: 'x', headers: { 'Content-Type': 'application/octet-stream' } }
const noSuchRoute = release('it has no such route yet')

const imageAsks: readonly Ask[] = [
  { title: 'GET image', rules: ['get_image'], thing: 'active image', run: (caller, { id }) => caller.get(image(id)) },
  {
    title: 'GET the tasks of an image',
    rules: ['get_image'],
    thing: 'active image',
    run: (caller, { id }) => caller.get(image(id, 'tasks')),
  },
  {
    title: 'an image in the list',
    rules: ['get_images', 'get_image'],
    thing: 'active image',
    run: (caller, { id }) => caller.get(`/v2/images?id=in:${id}`),
    isAdmitted: ({ status, text }) => status === 200 && JSON.parse(text).images.length === 1,
    refusal: 404,
  },
  {
    title: 'GET file',
    rules: [...ownRules, 'download_image'],
    thing: 'active image',
    run: (caller, { id }) => caller.get(image(id, 'file')),
  },
  {
    title: 'GET file of a store',
    rules: [...ownRules, 'download_image', 'download_from_store'],
    thing: 'active image',
    run: (caller, { id }) => caller.get(`${image(id, 'file')}?prefer=${settings.defaultStore}`),
  },
  {
    title: 'PATCH name',
    rules: [...ownRules, 'modify_image'],
    thing: 'active image',
    run: (caller, { id }) => patchImage(id, [{ op: 'replace', path: '/name', value: 'n' }], caller),
  },
  {
    title: 'PUT tag',
    rules: [...ownRules, 'modify_image'],
    thing: 'active image',
    run: (caller, { id }) => caller.put(image(id, 'tags', 't')),
  },
  {
    title: 'PUT stage',
    rules: [...ownRules, 'modify_image'],
    thing: 'queued image',
    changes: true,
    run: (caller, { id }) => caller.put(image(id, 'stage'), bytes),
  },
  {
    title: 'PUT file',
    rules: [...ownRules, 'upload_image'],
    thing: 'queued image',
    changes: true,
    run: (caller, { id }) => caller.put(image(id, 'file'), bytes),
  },
  {
    title: 'PATCH visibility public',
    rules: ['publicize_image', 'modify_image'],
    thing: 'active image',
    changes: true,
    run: (caller, { id }) => patchImage(id, [{ op: 'replace', path: '/visibility', value: 'public' }], caller),
  },
  {
    title: 'PATCH visibility community',
    rules: ['communitize_image', 'modify_image'],
    thing: 'active image',
    changes: true,
    run: (caller, { id }) => patchImage(id, [{ op: 'replace', path: '/visibility', value: 'community' }], caller),
  },
  {
    title: 'POST deactivate',
    rules: [...ownRules, 'deactivate'],
    thing: 'active image',
    changes: true,
    run: (caller, { id }) => caller.post(image(id, 'actions/deactivate')),
  },
  {
    title: 'POST reactivate',
    rules: [...ownRules, 'reactivate'],
    thing: 'active image',
    run: (caller, { id }) => caller.post(image(id, 'actions/reactivate')),
  },
  {
    // Only this one does not look first at who may see it.
    title: 'DELETE image',
    rules: ['delete_image'],
    thing: 'active image',
    changes: true,
    run: (caller, { id }) => caller.delete(image(id)),
  },
  {
    title: 'POST image',
    rules: ['add_image', { rule: 'publicize_image', about: 'new image' }],
    thing: 'new image',
    run: (caller, { ownerId, visibility }) =>
      caller.post('/v2/images', { json: { name: unique('policy'), ...rawBare, owner: ownerId, visibility } }),
  },
  { title: 'GET images', rules: ['get_images'], thing: 'nothing', run: (caller) => caller.get('/v2/images?limit=1') },
  { title: 'GET tasks', rules: ['tasks_api_access'], thing: 'nothing', run: (caller) => caller.get('/v2/tasks') },
]

const importAsks: readonly Ask[] = [
  {
    title: 'POST import from the web',
    rules: [...ownRules, 'modify_image'],
    thing: 'queued image',
    changes: true,
    run: (caller, { id }) =>
      caller.post(image(id, 'import'), { json: { method: { name: 'web-download', uri: settings.webFileUrl } } }),
    // Its filter of addresses comes last.
    isAdmitted: ({ status }) => status === 202 || status === 400,
  },
  {
    title: 'POST import as a copy',
    rules: [...ownRules, 'copy_image'],
    thing: 'active image',
    changes: true,
    run: (caller, { id }) =>
      caller.post(image(id, 'import'), { json: { method: { name: 'copy-image' }, stores: [otherStore()] } }),
  },
]

const storeAsks: readonly Ask[] = [
  {
    title: 'GET details of stores',
    rules: ['stores_info_detail'],
    thing: 'nothing',
    run: (caller) => caller.get('/v2/info/stores/detail'),
    difference: release('services may not see them yet'),
  },
  {
    title: 'DELETE from a store',
    rules: [...ownRules, 'get_image_location', 'delete_image_location'],
    thing: 'active image',
    run: (caller, { id }) => caller.delete(`/v2/stores/${settings.defaultStore}/${id}`),
    isAdmitted: ({ text }) => text.includes('Cannot delete image data from the only store containing it'),
  },
]

const locationAsks: readonly Ask[] = [
  {
    title: 'PATCH add location',
    rules: [...ownRules, 'set_image_location'],
    thing: 'queued image',
    changes: true,
    run: (caller, { id }) =>
      patchImage(id, [{ op: 'add', path: '/locations/-', value: { url: settings.webFileUrl, metadata: {} } }], caller),
  },
  {
    title: 'PATCH remove location',
    rules: [...ownRules, 'delete_image_location'],
    thing: 'active image',
    run: (caller, { id }) => patchImage(id, [{ op: 'remove', path: '/locations/0' }], caller),
    isAdmitted: ({ text }) => text.includes('Cannot remove last location in the image.'),
  },
  {
    title: 'POST location',
    rules: ['add_image_location'],
    thing: 'queued image',
    changes: true,
    run: (caller, { id }) => caller.post(image(id, 'locations'), { json: { url: settings.webFileUrl } }),
    difference: noSuchRoute,
  },
  {
    title: 'GET locations',
    rules: ['fetch_image_location'],
    thing: 'active image',
    run: (caller, { id }) => caller.get(image(id, 'locations')),
    difference: noSuchRoute,
  },
]

const memberAsks: readonly Ask[] = [
  {
    title: 'POST member',
    rules: [...ownRules, 'add_member'],
    thing: 'shared image',
    run: (caller, { id }) => caller.post(membersPath(id), { json: { member: unique('policy') } }),
  },
  {
    title: 'GET members',
    rules: [...ownRules, 'get_members'],
    thing: 'shared image',
    run: (caller, { id }) => caller.get(membersPath(id)),
  },
  {
    title: 'a member in the list',
    rules: [...ownRules, 'get_members', 'get_member'],
    thing: 'shared image',
    run: (caller, { id }) => caller.get(membersPath(id)),
    isAdmitted: ({ status, text }, { memberId }) => status === 200 && text.includes(memberId),
    refusal: 404,
  },
  {
    title: 'GET member',
    rules: [...ownRules, 'get_member'],
    thing: 'shared image',
    run: (caller, { id, memberId }) => caller.get(memberPath(id, memberId)),
    refusal: 404,
  },
  {
    title: 'PUT member',
    rules: [...ownRules, 'get_member', 'modify_member'],
    thing: 'shared image',
    run: (caller, { id, memberId }) => caller.put(memberPath(id, memberId), { json: { status: 'accepted' } }),
  },
  {
    title: 'DELETE member',
    rules: [...ownRules, 'get_member', 'delete_member'],
    thing: 'shared image',
    changes: true,
    run: (caller, { id, memberId }) => caller.delete(memberPath(id, memberId)),
  },
]

const text = { type: 'string', title: 't' }
const nested: Readonly<Record<string, object>> = {
  add_metadef_resource_type_association: { resource_type_associations: [{ name: 'OS::Glance::Image' }] },
  add_metadef_object: { objects: [{ name: 'o' }] },
  add_metadef_property: { properties: { p: text } },
  add_metadef_tag: { tags: [{ name: 't' }] },
}
const about = (rule: RuleName, kind: TargetKind): Asked => ({ rule, about: kind })

const namespaceAsks: readonly Ask[] = [
  {
    title: 'GET namespaces',
    rules: ['get_metadef_namespaces', 'list_metadef_resource_types'],
    thing: 'nothing',
    run: (caller) => caller.get(`${namespacesPath}?limit=1`),
  },
  {
    title: 'a namespace in the list',
    rules: ['get_metadef_namespaces', 'list_metadef_resource_types', 'get_metadef_namespace'],
    thing: 'namespace',
    run: (caller) => caller.get(`${namespacesPath}?limit=1000`),
    isAdmitted: ({ status, text: body }, { id }) => status === 200 && body.includes(JSON.stringify(id)),
    refusal: 404,
  },
  {
    title: 'GET resource types',
    rules: ['list_metadef_resource_types'],
    thing: 'nothing',
    run: (caller) => caller.get('/v2/metadefs/resource_types'),
  },
  {
    title: 'POST namespace',
    rules: ['add_metadef_namespace'],
    thing: 'nothing',
    run: (caller) => caller.post(namespacesPath, { json: { namespace: nextName() } }),
  },
  ...Object.entries(nested).map(
    ([rule, fields]): Ask => ({
      title: `POST namespace with ${Object.keys(fields)}`,
      rules: ['add_metadef_namespace', about(rule as RuleName, 'caller')],
      thing: 'nothing',
      run: (caller) => caller.post(namespacesPath, { json: { namespace: nextName(), ...fields } }),
    }),
  ),
  {
    title: 'GET namespace',
    rules: [
      'get_metadef_namespace',
      about('list_metadef_resource_types', 'namespace'),
      'get_metadef_objects',
      'get_metadef_properties',
      'get_metadef_tags',
    ],
    thing: 'namespace',
    run: (caller, { id }) => caller.get(namespacePath(id)),
  },
  {
    title: 'PUT namespace',
    rules: ['modify_metadef_namespace'],
    thing: 'namespace',
    changes: true,
    run: (caller, { id }) => caller.put(namespacePath(id), { json: { namespace: id } }),
  },
  {
    title: 'DELETE namespace',
    rules: ['delete_metadef_namespace'],
    thing: 'namespace',
    changes: true,
    run: (caller, { id }) => caller.delete(namespacePath(id)),
  },
  ...['objects', 'properties', 'tags'].map(
    (kind): Ask => ({
      title: `DELETE ${kind}`,
      rules: ['delete_metadef_namespace', ...(kind === 'tags' ? (['delete_metadef_tags'] as const) : [])],
      thing: 'namespace',
      changes: true,
      run: (caller, { id }) => caller.delete(namespacePath(id, kind)),
    }),
  ),
]

type NamespaceCall = Omit<Ask, 'thing'>
const reads = (title: string, rules: readonly Asked[], ...path: readonly string[]): NamespaceCall => ({
  title,
  rules,
  run: (caller, { id }) => caller.get(namespacePath(id, ...path)),
})
/** A read of a list that a second rule may empty. */
const lists = (title: string, rules: readonly Asked[], kind: string, shown: string): NamespaceCall => ({
  ...reads(title, rules, kind),
  isAdmitted: ({ status, text: body }) => status === 200 && body.includes(shown),
  refusal: 404,
})
const writes = (
  method: 'POST' | 'PUT' | 'DELETE',
  rule: RuleName,
  path: readonly string[],
  json?: object,
): NamespaceCall => ({
  title: `${method} ${path.join(' ')}`,
  rules: [rule],
  changes: true,
  run: (caller, { id }) => caller.request(method, namespacePath(id, ...path), json === undefined ? {} : { json }),
})
const type = 'OS::Glance::Image'

const contentAsks: readonly Ask[] = [
  reads('GET objects', ['get_metadef_objects'], 'objects'),
  lists('an object in the list', ['get_metadef_objects', 'get_metadef_object'], 'objects', 'Replica'),
  reads('GET object', ['get_metadef_object'], 'objects', 'Replica'),
  reads('GET properties', ['get_metadef_properties'], 'properties'),
  reads('GET property', ['get_metadef_property'], 'properties', 'tier'),
  {
    title: 'GET property of a resource type',
    rules: ['get_metadef_property', 'get_metadef_resource_type'],
    run: (caller: Caller, { id }: Thing) =>
      caller.get(`${namespacePath(id, 'properties', 'lab_tier')}?resource_type=${type}`),
  } satisfies NamespaceCall,
  reads('GET tags', ['get_metadef_tags'], 'tags'),
  reads('GET tag', ['get_metadef_tag'], 'tags', 'ssd'),
  reads('GET associations', [about('list_metadef_resource_types', 'namespace')], 'resource_types'),
  lists(
    'an association in the list',
    [about('list_metadef_resource_types', 'namespace'), 'get_metadef_resource_type'],
    'resource_types',
    type,
  ),
  writes('POST', 'add_metadef_object', ['objects'], { name: 'o' }),
  writes('PUT', 'modify_metadef_object', ['objects', 'Replica'], { name: 'Replica' }),
  writes('DELETE', 'delete_metadef_object', ['objects', 'Replica']),
  writes('POST', 'add_metadef_property', ['properties'], { name: 'p', ...text }),
  writes('PUT', 'modify_metadef_property', ['properties', 'tier'], { name: 'tier', ...text }),
  writes('DELETE', 'remove_metadef_property', ['properties', 'tier']),
  writes('POST', 'add_metadef_tag', ['tags', 't']),
  writes('POST', 'add_metadef_tags', ['tags'], { tags: [{ name: 'u' }] }),
  writes('PUT', 'modify_metadef_tag', ['tags', 'ssd'], { name: 'ssd' }),
  writes('DELETE', 'delete_metadef_tag', ['tags', 'ssd']),
  writes('POST', 'add_metadef_resource_type_association', ['resource_types'], { name: 'OS::Nova::Server' }),
  writes('DELETE', 'remove_metadef_resource_type_association', ['resource_types', type]),
].map((call) => ({ ...call, thing: 'namespace' as const }))

/** Every request that this server can be asked. */
export const asks: readonly Ask[] = [
  ...imageAsks,
  ...(settings.webFileUrl === null ? [] : importAsks),
  ...(settings.multiStore ? storeAsks : []),
  ...(settings.locationsVisible && settings.webFileUrl !== null ? locationAsks : []),
  ...memberAsks,
  ...namespaceAsks,
  ...contentAsks,
]

/** A store for data beside the usual one. */
function otherStore(): string {
  const { storeIds, defaultStore, readOnlyStore } = settings
  return storeIds.find((id) => id !== defaultStore && id !== readOnlyStore) ?? ''
}

const neverAsked = 'nothing asks it, in the original neither: tasks_api_access decides alone'
const onlyReferred = 'other rules refer to it, and no request is decided by it alone'
const noRoute = 'there is no image cache yet, so its routes answer 404 to everybody'

/** The rules that no request of the matrix asks by name, and why. */
export const unasked: Readonly<Partial<Record<RuleName, string>>> = {
  default: onlyReferred,
  context_is_admin: onlyReferred,
  service_api: onlyReferred,
  metadef_default: onlyReferred,
  metadef_admin: onlyReferred,
  get_task: neverAsked,
  get_tasks: neverAsked,
  add_task: neverAsked,
  modify_task: neverAsked,
  manage_image_cache: noRoute,
  list_cached_nodes: noRoute,
  cache_image: noRoute,
  cache_list: noRoute,
  cache_delete: noRoute,
  cache_clean: noRoute,
  cache_prune: noRoute,
}

/** Of rules without a route: the requests that would ask them, which must stay 404 until they are moved to the asks. */
export const absentRoutes: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/v2/cache'],
  ['DELETE', '/v2/cache'],
  ['PUT', '/v2/cache/7d0f4b9e-5f5b-4a43-9b6c-0f6a3f1f1c11'],
  ['DELETE', '/v2/cache/7d0f4b9e-5f5b-4a43-9b6c-0f6a3f1f1c11'],
  ['POST', '/v2/cache/clean'],
  ['POST', '/v2/cache/prune'],
  ['GET', '/v2/cache/nodes/7d0f4b9e-5f5b-4a43-9b6c-0f6a3f1f1c11'],
  ['GET', '/v2/cached_images'],
  ['GET', '/v2/queued_images'],
]
