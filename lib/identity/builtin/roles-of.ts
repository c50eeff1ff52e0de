import type { AssignmentTarget, ImplicationRecord, RoleRecord } from './records'
import { directRoleIds, listImplicationRows, listRoleRows } from './role-repo'

/** The given roles and all that they imply, directly or through others. */
export function withImplied(roleIds: readonly string[], implications: readonly ImplicationRecord[]): Set<string> {
  const found = new Set(roleIds)
  for (const roleId of found) {
    for (const { priorRoleId, impliedRoleId } of implications) {
      if (priorRoleId === roleId) found.add(impliedRoleId)
    }
  }
  return found
}

/** Roles that a user holds on a target, implied ones included; only those among `limitTo` (and what they imply) if given. */
export async function effectiveRoles(
  userId: string,
  target: AssignmentTarget,
  limitTo?: readonly string[],
): Promise<RoleRecord[]> {
  const direct = await directRoleIds(userId, target)
  if (direct.length === 0) return []
  const [implications, roles] = await Promise.all([listImplicationRows(), listRoleRows()])
  const held = withImplied(direct, implications)
  const wanted =
    limitTo === undefined
      ? held
      : withImplied(
          limitTo.filter((id) => held.has(id)),
          implications,
        )
  return roles.filter((role) => wanted.has(role.id))
}
