const admin = 'rule:context_is_admin'
const everybody = 'rule:default'
const metadefAdmin = 'rule:metadef_admin'
const metadefDefault = 'rule:metadef_default'
const ownerMember = 'rule:context_is_admin or (role:member and project_id:%(project_id)s)'
const ownerReader = 'rule:context_is_admin or (role:reader and project_id:%(project_id)s)'
const ownerOrInvited =
  'rule:context_is_admin or role:reader and (project_id:%(project_id)s or project_id:%(member_id)s)'
const namespaceReader =
  "rule:context_is_admin or (role:reader and (project_id:%(project_id)s or 'public':%(visibility)s))"
const visibleTo = (role: string) =>
  `rule:context_is_admin or (role:${role} and (project_id:%(project_id)s or project_id:%(member_id)s or 'community':%(visibility)s or 'public':%(visibility)s or 'shared':%(visibility)s))`
const rhospMember = 'role:admin or (role:member and project_id:%(project_id)s)'
const rhospReader = 'role:admin or (role:reader and project_id:%(project_id)s)'
const rhospVisibleTo = (role: string) =>
  `role:admin or (role:${role} and (project_id:%(project_id)s or project_id:%(member_id)s or "community":%(visibility)s or "public":%(visibility)s))`

/** A rule as Glance ships it. */
export interface RuleDefinition {
  readonly check: string
  readonly description: string
  /** where it decides, as `GET /v2/images`; none for rules that are only referred to and those that nothing asks */
  readonly operations: readonly string[]
  /** what it was before; joined by `or` when new defaults are not enforced */
  readonly formerCheck?: string
  /** as RHOSP 17 has it; absent where that does not have the rule */
  readonly rhospCheck?: string
}

/** Every rule that Glance registers, in its policy language. Source: policy.md 2. */
export const definitions = {
  default: {
    check: '',
    description:
      'Fallback used whenever a rule name is looked up that nobody defined, including a mistyped name inside another rule.',
    operations: [],
    formerCheck: admin,
    rhospCheck: '',
  },
  context_is_admin: {
    check: 'role:admin',
    description:
      'Decides whether a request context counts as administrator; nearly every other default starts with a reference to it, and the request context caches its result.',
    operations: [],
    rhospCheck: 'role:admin',
  },
  service_api: {
    check: 'role:service or role:admin',
    description: 'Who may use calls meant for other services; today the service role, or admin for compatibility.',
    operations: [],
  },
  add_image: {
    check: 'rule:context_is_admin or (role:member and project_id:%(project_id)s and project_id:%(owner)s)',
    description:
      'Create an image record; the owner written into the record must be the project of the caller unless the caller is an administrator.',
    operations: ['POST /v2/images'],
    formerCheck: everybody,
    rhospCheck: rhospMember,
  },
  delete_image: {
    check: ownerMember,
    description: 'Delete an image.',
    operations: ['DELETE /v2/images/{image_id}'],
    formerCheck: everybody,
    rhospCheck: rhospMember,
  },
  get_image: {
    check: visibleTo('reader'),
    description:
      'See one image. Also applied to each row of the list, and used as the probe that turns other denials into 404.',
    operations: ['GET /v2/images/{image_id}', 'GET /v2/images', 'GET /v2/images/{image_id}/tasks'],
    formerCheck: everybody,
    rhospCheck: rhospVisibleTo('reader'),
  },
  get_images: {
    check: ownerReader,
    description: 'Use the image list at all; rows are then filtered one by one with get_image.',
    operations: ['GET /v2/images'],
    formerCheck: everybody,
    rhospCheck: rhospReader,
  },
  modify_image: {
    check: ownerMember,
    description: 'Change image properties, tags or staged data, and start any import other than copy-image.',
    operations: [
      'PATCH /v2/images/{image_id}',
      'PUT /v2/images/{image_id}/tags/{tag_value}',
      'DELETE /v2/images/{image_id}/tags/{tag_value}',
      'PUT /v2/images/{image_id}/stage',
      'POST /v2/images/{image_id}/import',
    ],
    formerCheck: everybody,
    rhospCheck: rhospMember,
  },
  publicize_image: {
    check: admin,
    description: 'Give an image public visibility, at creation or later.',
    operations: ['PATCH /v2/images/{image_id}', 'POST /v2/images'],
    rhospCheck: 'role:admin',
  },
  communitize_image: {
    check: ownerMember,
    description: 'Give an image community visibility, at creation or later.',
    operations: ['PATCH /v2/images/{image_id}', 'POST /v2/images'],
    formerCheck: everybody,
    rhospCheck: rhospMember,
  },
  download_image: {
    check: visibleTo('member'),
    description: 'Read image data, from a store or from the local cache.',
    operations: ['GET /v2/images/{image_id}/file'],
    formerCheck: everybody,
    rhospCheck: rhospVisibleTo('member'),
  },
  download_from_store: {
    check: visibleTo('member'),
    description:
      'Name preferred stores when reading image data; checked in addition to download_image when the prefer query parameter is present.',
    operations: ['GET /v2/images/{image_id}/file'],
  },
  upload_image: {
    check: ownerMember,
    description: 'Write image data.',
    operations: ['PUT /v2/images/{image_id}/file'],
    formerCheck: everybody,
    rhospCheck: rhospMember,
  },
  delete_image_location: {
    check: admin,
    description: 'Remove a location from an image, or drop its copy in one store.',
    operations: ['PATCH /v2/images/{image_id}', 'DELETE /v2/stores/{store_id}/{image_id}'],
    formerCheck: everybody,
    rhospCheck: 'role:admin',
  },
  get_image_location: {
    check: ownerReader,
    description:
      'Upstream documents this for reading locations with the image, but the code checks it only before deleting a copy from one store.',
    operations: ['DELETE /v2/stores/{store_id}/{image_id}'],
    formerCheck: everybody,
    rhospCheck: rhospReader,
  },
  set_image_location: {
    check: ownerMember,
    description: 'Add or replace locations through the image update call.',
    operations: ['PATCH /v2/images/{image_id}'],
    formerCheck: everybody,
    rhospCheck: rhospMember,
  },
  add_image_location: {
    check: 'rule:service_api or (role:member and project_id:%(project_id)s and project_id:%(owner)s)',
    description: 'Attach a location through the dedicated locations call while the image is queued.',
    operations: ['POST /v2/images/{image_id}/locations'],
  },
  fetch_image_location: {
    check: 'rule:service_api',
    description: 'Read the locations of an image through the dedicated locations call.',
    operations: ['GET /v2/images/{image_id}/locations'],
  },
  add_member: {
    check: ownerMember,
    description: 'Share an image with a project.',
    operations: ['POST /v2/images/{image_id}/members'],
    formerCheck: everybody,
    rhospCheck: rhospMember,
  },
  delete_member: {
    check: ownerMember,
    description: 'Stop sharing an image with a project.',
    operations: ['DELETE /v2/images/{image_id}/members/{member_id}'],
    formerCheck: everybody,
    rhospCheck: rhospMember,
  },
  get_member: {
    check: ownerOrInvited,
    description: 'See one membership; also applied before changing or deleting it and to each row of the member list.',
    operations: [
      'GET /v2/images/{image_id}/members/{member_id}',
      'GET /v2/images/{image_id}/members',
      'PUT /v2/images/{image_id}/members/{member_id}',
      'DELETE /v2/images/{image_id}/members/{member_id}',
    ],
    formerCheck: everybody,
    rhospCheck: rhospReader,
  },
  get_members: {
    check: ownerOrInvited,
    description: 'List the members of an image.',
    operations: ['GET /v2/images/{image_id}/members'],
    formerCheck: everybody,
    rhospCheck: rhospReader,
  },
  modify_member: {
    check: 'rule:context_is_admin or (role:member and project_id:%(member_id)s)',
    description: 'Accept, reject or reset a membership; the default admits the invited project, not the owner.',
    operations: ['PUT /v2/images/{image_id}/members/{member_id}'],
    formerCheck: everybody,
    rhospCheck: rhospMember,
  },
  manage_image_cache: {
    check: admin,
    description:
      'The older cache administration calls served by the cache management filter, and the legacy half of the newer cache rules.',
    operations: [
      'GET /v2/cached_images',
      'DELETE /v2/cached_images',
      'DELETE /v2/cached_images/{image_id}',
      'GET /v2/queued_images',
      'DELETE /v2/queued_images',
      'PUT /v2/queued_images/{image_id}',
      'DELETE /v2/queued_images/{image_id}',
    ],
    rhospCheck: 'role:admin',
  },
  deactivate: {
    check: ownerMember,
    description: 'Block downloads of an image.',
    operations: ['POST /v2/images/{image_id}/actions/deactivate'],
    formerCheck: everybody,
    rhospCheck: rhospMember,
  },
  reactivate: {
    check: ownerMember,
    description: 'Allow downloads of an image again.',
    operations: ['POST /v2/images/{image_id}/actions/reactivate'],
    formerCheck: everybody,
    rhospCheck: rhospMember,
  },
  copy_image: {
    check: admin,
    description: 'Import with the copy-image method, which replicates existing data into further stores.',
    operations: ['POST /v2/images/{image_id}/import'],
    rhospCheck: 'role:admin',
  },
  list_cached_nodes: {
    check: admin,
    description: 'Ask which API nodes hold a cached copy of an image.',
    operations: ['GET /v2/cache/nodes/{image_id}'],
  },
  get_task: {
    check: everybody,
    description: 'Registered for reading a task but not consulted by any API call.',
    operations: [],
    formerCheck: everybody,
    rhospCheck: everybody,
  },
  get_tasks: {
    check: everybody,
    description: 'Registered for listing tasks but not consulted by any API call.',
    operations: [],
    formerCheck: everybody,
    rhospCheck: everybody,
  },
  add_task: {
    check: everybody,
    description: 'Registered for creating a task but not consulted by any API call.',
    operations: [],
    formerCheck: everybody,
    rhospCheck: everybody,
  },
  modify_task: {
    check: everybody,
    description: 'Never consulted; upstream has announced its removal.',
    operations: [],
    rhospCheck: everybody,
  },
  tasks_api_access: {
    check: admin,
    description: 'One switch for the whole task API.',
    operations: ['GET /v2/tasks', 'GET /v2/tasks/{task_id}', 'POST /v2/tasks', 'DELETE /v2/tasks/{task_id}'],
    rhospCheck: 'role:admin',
  },
  metadef_default: {
    check: '',
    description:
      'Alias meant for rules that every caller passes; the former half of the read rules, and what the opened preset points all metadef rules at.',
    operations: [],
    rhospCheck: '',
  },
  metadef_admin: {
    check: admin,
    description: 'Alias behind every rule that changes the metadata catalog.',
    operations: [],
    rhospCheck: 'role:admin',
  },
  get_metadef_namespace: {
    check: namespaceReader,
    description:
      'See one namespace. Also applied to each row of the namespace list, and used as the probe that turns other metadef denials into 404.',
    operations: ['GET /v2/metadefs/namespaces/{namespace_name}', 'GET /v2/metadefs/namespaces'],
    formerCheck: metadefDefault,
    rhospCheck: metadefDefault,
  },
  get_metadef_namespaces: {
    check: ownerReader,
    description: 'Use the namespace list at all.',
    operations: ['GET /v2/metadefs/namespaces'],
    formerCheck: metadefDefault,
    rhospCheck: metadefDefault,
  },
  modify_metadef_namespace: {
    check: metadefAdmin,
    description: 'Replace the fields of a namespace, its name and owner included.',
    operations: ['PUT /v2/metadefs/namespaces/{namespace_name}'],
    rhospCheck: metadefAdmin,
  },
  add_metadef_namespace: {
    check: metadefAdmin,
    description: 'Create a namespace; nested content is subject to its own rules too.',
    operations: ['POST /v2/metadefs/namespaces'],
    rhospCheck: metadefAdmin,
  },
  delete_metadef_namespace: {
    check: metadefAdmin,
    description: 'Delete a namespace with all its content, or all its objects, properties or tags in one call.',
    operations: [
      'DELETE /v2/metadefs/namespaces/{namespace_name}',
      'DELETE /v2/metadefs/namespaces/{namespace_name}/objects',
      'DELETE /v2/metadefs/namespaces/{namespace_name}/properties',
      'DELETE /v2/metadefs/namespaces/{namespace_name}/tags',
    ],
    rhospCheck: metadefAdmin,
  },
  get_metadef_object: {
    check: namespaceReader,
    description: 'See one object; also applied to each row of the object list.',
    operations: [
      'GET /v2/metadefs/namespaces/{namespace_name}/objects/{object_name}',
      'GET /v2/metadefs/namespaces/{namespace_name}/objects',
    ],
    formerCheck: metadefDefault,
    rhospCheck: metadefDefault,
  },
  get_metadef_objects: {
    check: namespaceReader,
    description: 'List objects; also required to show a namespace.',
    operations: [
      'GET /v2/metadefs/namespaces/{namespace_name}/objects',
      'GET /v2/metadefs/namespaces/{namespace_name}',
    ],
    formerCheck: metadefDefault,
    rhospCheck: metadefDefault,
  },
  modify_metadef_object: {
    check: metadefAdmin,
    description: 'Replace an object.',
    operations: ['PUT /v2/metadefs/namespaces/{namespace_name}/objects/{object_name}'],
    rhospCheck: metadefAdmin,
  },
  add_metadef_object: {
    check: metadefAdmin,
    description: 'Create an object, alone or inside a namespace creation.',
    operations: ['POST /v2/metadefs/namespaces/{namespace_name}/objects', 'POST /v2/metadefs/namespaces'],
    rhospCheck: metadefAdmin,
  },
  delete_metadef_object: {
    check: metadefAdmin,
    description: 'Delete one object.',
    operations: ['DELETE /v2/metadefs/namespaces/{namespace_name}/objects/{object_name}'],
    rhospCheck: metadefAdmin,
  },
  list_metadef_resource_types: {
    check: namespaceReader,
    description:
      'List all resource types, list the associations of a namespace, list namespaces, or show one namespace.',
    operations: [
      'GET /v2/metadefs/resource_types',
      'GET /v2/metadefs/namespaces/{namespace_name}/resource_types',
      'GET /v2/metadefs/namespaces',
      'GET /v2/metadefs/namespaces/{namespace_name}',
    ],
    formerCheck: metadefDefault,
    rhospCheck: metadefDefault,
  },
  get_metadef_resource_type: {
    check: namespaceReader,
    description:
      'Applied to each association row of a namespace, and when a property is requested by its prefixed name.',
    operations: [
      'GET /v2/metadefs/namespaces/{namespace_name}/resource_types',
      'GET /v2/metadefs/namespaces/{namespace_name}/properties/{property_name}',
    ],
    formerCheck: metadefDefault,
    rhospCheck: metadefDefault,
  },
  add_metadef_resource_type_association: {
    check: metadefAdmin,
    description:
      'Associate a resource type, alone or inside a namespace creation; an unknown type is created on the way.',
    operations: ['POST /v2/metadefs/namespaces/{namespace_name}/resource_types', 'POST /v2/metadefs/namespaces'],
    rhospCheck: metadefAdmin,
  },
  remove_metadef_resource_type_association: {
    check: metadefAdmin,
    description: 'Remove an association; the resource type itself stays.',
    operations: ['DELETE /v2/metadefs/namespaces/{namespace_name}/resource_types/{name}'],
    rhospCheck: metadefAdmin,
  },
  get_metadef_property: {
    check: namespaceReader,
    description: 'See one property of a namespace.',
    operations: ['GET /v2/metadefs/namespaces/{namespace_name}/properties/{property_name}'],
    formerCheck: metadefDefault,
    rhospCheck: metadefDefault,
  },
  get_metadef_properties: {
    check: namespaceReader,
    description: 'List properties; also required to show a namespace.',
    operations: [
      'GET /v2/metadefs/namespaces/{namespace_name}/properties',
      'GET /v2/metadefs/namespaces/{namespace_name}',
    ],
    formerCheck: metadefDefault,
    rhospCheck: metadefDefault,
  },
  modify_metadef_property: {
    check: metadefAdmin,
    description: 'Replace a property.',
    operations: ['PUT /v2/metadefs/namespaces/{namespace_name}/properties/{property_name}'],
    rhospCheck: metadefAdmin,
  },
  add_metadef_property: {
    check: metadefAdmin,
    description: 'Create a property, alone or inside a namespace creation.',
    operations: ['POST /v2/metadefs/namespaces/{namespace_name}/properties', 'POST /v2/metadefs/namespaces'],
    rhospCheck: metadefAdmin,
  },
  remove_metadef_property: {
    check: metadefAdmin,
    description: 'Delete one property.',
    operations: ['DELETE /v2/metadefs/namespaces/{namespace_name}/properties/{property_name}'],
    rhospCheck: metadefAdmin,
  },
  get_metadef_tag: {
    check: namespaceReader,
    description: 'See one tag.',
    operations: ['GET /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}'],
    formerCheck: metadefDefault,
    rhospCheck: metadefDefault,
  },
  get_metadef_tags: {
    check: namespaceReader,
    description: 'List tags; also required to show a namespace.',
    operations: ['GET /v2/metadefs/namespaces/{namespace_name}/tags', 'GET /v2/metadefs/namespaces/{namespace_name}'],
    formerCheck: metadefDefault,
    rhospCheck: metadefDefault,
  },
  modify_metadef_tag: {
    check: metadefAdmin,
    description: 'Rename a tag.',
    operations: ['PUT /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}'],
    rhospCheck: metadefAdmin,
  },
  add_metadef_tag: {
    check: metadefAdmin,
    description: 'Create one tag, alone or inside a namespace creation.',
    operations: ['POST /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}', 'POST /v2/metadefs/namespaces'],
    rhospCheck: metadefAdmin,
  },
  add_metadef_tags: {
    check: metadefAdmin,
    description: 'Create many tags in one call, replacing or extending the present ones.',
    operations: ['POST /v2/metadefs/namespaces/{namespace_name}/tags'],
    rhospCheck: metadefAdmin,
  },
  delete_metadef_tag: {
    check: metadefAdmin,
    description: 'Delete one tag.',
    operations: ['DELETE /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}'],
    rhospCheck: metadefAdmin,
  },
  delete_metadef_tags: {
    check: metadefAdmin,
    description: 'Delete all tags of a namespace; delete_metadef_namespace is required as well.',
    operations: ['DELETE /v2/metadefs/namespaces/{namespace_name}/tags'],
    rhospCheck: metadefAdmin,
  },
  cache_image: {
    check: admin,
    description: 'Queue an image for caching on this node.',
    operations: ['PUT /v2/cache/{image_id}'],
    formerCheck: 'rule:manage_image_cache',
  },
  cache_list: {
    check: admin,
    description: 'See what this node has cached or queued.',
    operations: ['GET /v2/cache'],
    formerCheck: 'rule:manage_image_cache',
  },
  cache_delete: {
    check: admin,
    description: 'Remove one entry, or all entries, from the cache and the queue.',
    operations: ['DELETE /v2/cache', 'DELETE /v2/cache/{image_id}'],
    formerCheck: 'rule:manage_image_cache',
  },
  cache_clean: {
    check: admin,
    description: 'Remove invalid and stalled cache entries.',
    operations: ['POST /v2/cache/clean'],
  },
  cache_prune: {
    check: admin,
    description: 'Shrink the cache to its configured size.',
    operations: ['POST /v2/cache/prune'],
  },
  stores_info_detail: {
    check: 'rule:context_is_admin or rule:service_api',
    description: 'See store type, weight and driver details.',
    operations: ['GET /v2/info/stores/detail'],
    formerCheck: admin,
  },
} satisfies Readonly<Record<string, RuleDefinition>>

export type RuleName = keyof typeof definitions

export const ruleNames = Object.keys(definitions).filter(isRuleName)

export function isRuleName(name: string): name is RuleName {
  return Object.hasOwn(definitions, name)
}

export function definitionOf(name: RuleName): RuleDefinition {
  return definitions[name]
}

/** Rules that are only referred to; the others admit project-scoped tokens and nothing else. Source: policy.md 6. */
export const plainRules: ReadonlySet<string> = new Set<RuleName>([
  'default',
  'context_is_admin',
  'service_api',
  'metadef_default',
  'metadef_admin',
])
