import { config } from '@/lib/config/load'
import type { Run } from '../run'
import { changeForTask } from '../staging-repo'

/**
 * Gives the image the properties that the operator wants every import to have, unless whoever asked for it has a role
 * that is left alone. They stay when the import fails later. Source: images.md 8.7.
 */
export async function injectMetadata({ task, plan }: Run): Promise<false> {
  const { properties, ignoreUserRoles } = config().imports.injectMetadata
  if (plan.roles.some((role) => ignoreUserRoles.includes(role))) return false
  const allowed = Object.entries(properties).filter(([name]) => !name.startsWith('os_glance'))
  if (allowed.length > 0) await changeForTask(task, plan.imageId, { properties: Object.fromEntries(allowed) })
  return false
}
