const ownerMember = 'rule:context_is_admin or (role:member and project_id:%(project_id)s)'
const newImage = 'rule:context_is_admin or (role:member and project_id:%(project_id)s and project_id:%(owner)s)'
const ownerOrInvited =
  'rule:context_is_admin or role:reader and (project_id:%(project_id)s or project_id:%(member_id)s)'
const visibleTo = (role: string) =>
  `rule:context_is_admin or (role:${role} and (project_id:%(project_id)s or project_id:%(member_id)s or 'community':%(visibility)s or 'public':%(visibility)s or 'shared':%(visibility)s))`

/** Rules and their checks as Glance ships them, in its policy language. Source: policy.md 2. */
export const defaultRules = {
  default: '',
  context_is_admin: 'role:admin',
  service_api: 'role:service or role:admin',
  add_image: newImage,
  delete_image: ownerMember,
  get_image: visibleTo('reader'),
  get_images: 'rule:context_is_admin or (role:reader and project_id:%(project_id)s)',
  modify_image: ownerMember,
  publicize_image: 'rule:context_is_admin',
  communitize_image: ownerMember,
  download_image: visibleTo('member'),
  download_from_store: visibleTo('member'),
  upload_image: ownerMember,
  get_image_location: 'rule:context_is_admin or (role:reader and project_id:%(project_id)s)',
  set_image_location: ownerMember,
  add_image_location: 'rule:service_api or (role:member and project_id:%(project_id)s and project_id:%(owner)s)',
  fetch_image_location: 'rule:service_api',
  delete_image_location: 'rule:context_is_admin',
  stores_info_detail: 'rule:context_is_admin or rule:service_api',
  add_member: ownerMember,
  delete_member: ownerMember,
  get_member: ownerOrInvited,
  get_members: ownerOrInvited,
  // The invited project answers, not the owner.
  modify_member: 'rule:context_is_admin or (role:member and project_id:%(member_id)s)',
  deactivate: ownerMember,
  reactivate: ownerMember,
  copy_image: 'rule:context_is_admin',
  tasks_api_access: 'rule:context_is_admin',
} as const

export type RuleName = keyof typeof defaultRules

export function isRuleName(name: string): name is RuleName {
  return Object.hasOwn(defaultRules, name)
}

/** Rules that are only referred to; the others admit project-scoped tokens and nothing else. Source: policy.md 6. */
export const plainRules: ReadonlySet<RuleName> = new Set(['default', 'context_is_admin', 'service_api'])
