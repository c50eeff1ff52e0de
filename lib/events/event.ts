import type { RequestContext } from '@/lib/context/request-context'

/** Glance and Keystone names of what happens; `task.progress`, `policy.update` and `saved_view.*` are ours. */
export type EventType =
  | 'image.create'
  | 'image.prepare'
  | 'image.upload'
  | 'image.activate'
  | 'image.update'
  | 'image.delete'
  | 'image.member.create'
  | 'image.member.update'
  | 'image.member.delete'
  | 'task.create'
  | 'task.processing'
  | 'task.progress'
  | 'task.success'
  | 'task.failure'
  | 'policy.update'
  | 'saved_view.create'
  | 'saved_view.update'
  | 'saved_view.delete'
  | `identity.${IdentityThing}.${IdentityOperation}`
  | 'metadef_namespace.create'
  | 'metadef_namespace.update'
  | 'metadef_namespace.delete'
  | 'metadef_namespace.delete_objects'
  | 'metadef_namespace.delete_properties'
  | 'metadef_namespace.delete_tags'
  | 'metadef_object.create'
  | 'metadef_object.update'
  | 'metadef_object.delete'
  | 'metadef_property.create'
  | 'metadef_property.update'
  | 'metadef_property.delete'
  | 'metadef_tag.create'
  | 'metadef_tag.update'
  | 'metadef_tag.delete'
  | 'metadef_resource_type.create'
  | 'metadef_resource_type.delete'

/** Keystone's names of what the built-in identity keeps. */
export type IdentityThing =
  | 'domain'
  | 'project'
  | 'user'
  | 'role'
  | 'role_assignment'
  | 'inference_rule'
  | 'application_credential'
  | 'registered_limit'
  | 'limit'
  | 'service'
  | 'endpoint'
  | 'region'
export type IdentityOperation = 'created' | 'updated' | 'deleted'

/** `refused` rows tell of what did not happen, `progress` ones of nothing that anybody did: only audits show the former. */
export type EventOutcome = 'success' | 'refused' | 'progress'

/** Who made a change; all null when the service did by itself. */
export interface Actor {
  readonly userId: string | null
  readonly projectId: string | null
  readonly requestId: string | null
}

export function actorOf({ principal, requestId }: Pick<RequestContext, 'principal' | 'requestId'>): Actor {
  return { userId: principal.userId, projectId: principal.projectId, requestId }
}

/** The reaper and other jobs, which nobody asked. */
export const serviceItself: Actor = { userId: null, projectId: null, requestId: null }

type Json = Readonly<Record<string, unknown>>

export interface NewEvent {
  readonly type: EventType
  readonly by: Actor
  readonly imageId?: string | null
  readonly taskId?: string | null
  readonly memberId?: string | null
  /** what the changed attributes were */
  readonly before?: Json
  /** what the thing is now, in Glance's words; no locations, no input of tasks: they may hold secrets */
  readonly payload: Json
}

/** Those of the former attributes that the change gave another value. */
export function changedOf(former: Json, current: Json): Json {
  const changed = Object.entries(former).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(current[name]),
  )
  return Object.fromEntries(changed)
}
