import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { apiError } from '@/lib/errors/api-error'
import { getImage } from '@/lib/images/get-image'
import { parseLimit } from '@/lib/images/parse-list-query'
import { isCatalogAdmin } from '@/lib/images/visibility'
import { enforce } from '@/lib/policy/enforce'
import { projectTarget } from '@/lib/policy/targets'
import { type Task, type TaskStatus, taskStatuses } from './task'
import { findTask, findTasks, findTasksOfImage, type TaskQuery } from './task-repo'

const bad = (text: string) => apiError('bad_request', { public: text })
const uuid = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i

/** Whether the caller may use the calls on tasks at all. Throws `policy_denied`. */
export function enforceTaskAccess(ctx: RequestContext): void {
  enforce(ctx, 'tasks_api_access', projectTarget(ctx))
}

const sortKeys: Readonly<Record<string, TaskQuery['sortKey']>> = {
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  expires_at: 'expiresAt',
  status: 'status',
  type: 'type',
  id: 'id',
}

export interface TaskPage {
  readonly tasks: readonly Task[]
  /** whether another page may follow */
  readonly isFull: boolean
}

/** A page of all tasks. Throws `bad_request` for parameters that Glance refuses. Source: images.md 9.1. */
export async function listTasks(ctx: RequestContext, parameters: URLSearchParams): Promise<TaskPage> {
  enforceTaskAccess(ctx)
  const query = await queryOf(parameters)
  const tasks = query.limit === 0 ? [] : await findTasks(db(), query)
  return { tasks, isFull: tasks.length > 0 && tasks.length === query.limit }
}

async function queryOf(parameters: URLSearchParams): Promise<TaskQuery> {
  const type = parameters.get('type')
  if (type !== null && type !== 'import') throw bad(`Invalid type value: ${type}`)
  const status = parameters.get('status')
  const sortName = parameters.get('sort_key') ?? 'created_at'
  const sortKey = Object.hasOwn(sortKeys, sortName) ? sortKeys[sortName] : undefined
  if (sortKey === undefined) {
    throw bad(`Invalid sort key: ${sortName}. It must be one of the following: ${Object.keys(sortKeys).join(', ')}.`)
  }
  const sortDir = parameters.get('sort_dir') ?? 'desc'
  if (sortDir !== 'asc' && sortDir !== 'desc') throw bad(`Invalid sort direction: ${sortDir}`)
  const after = await markerOf(parameters.get('marker'))
  return {
    sortKey,
    sortDir,
    limit: parseLimit(parameters.get('limit')),
    ...(type !== null && { type }),
    ...(status !== null && { status: statusOf(status) }),
    ...(after !== undefined && { after }),
  }
}

function statusOf(text: string): TaskStatus {
  const status = taskStatuses.find((name) => name === text)
  if (status === undefined) throw bad(`Invalid status value: ${text}`)
  return status
}

async function markerOf(marker: string | null): Promise<string | undefined> {
  if (marker === null) return undefined
  if (!uuid.test(marker)) throw bad('Invalid marker format')
  if ((await findTask(db(), marker)) === undefined) throw bad(`No task found with ID ${marker}`)
  return marker
}

/** Throws `not_found` with the id. */
export async function getTask(ctx: RequestContext, id: string): Promise<Task> {
  enforceTaskAccess(ctx)
  const task = await findTask(db(), id)
  if (task === undefined) throw apiError('not_found', { public: `Could not find task ${id}` })
  return task
}

/** Tasks of an image that the caller's project asked for, an administrator's all. Throws `not_found`. */
export async function listImageTasks(ctx: RequestContext, imageId: string): Promise<Task[]> {
  await getImage(ctx, imageId, () => apiError('not_found'))
  return await findTasksOfImage(db(), imageId, isCatalogAdmin(ctx) ? null : (ctx.principal.projectId ?? ''))
}

export interface ProjectTasksQuery {
  readonly statuses?: readonly TaskStatus[]
  readonly limit: number
  /** the id that the page before ended with; the list begins anew when it is forgotten */
  readonly after?: string
}

/**
 * What the caller's project asked for, an administrator's the tasks of all, newest first: those that
 * {@link listImageTasks} shows of each image, so a member may look without the right to Glance's task API.
 */
export async function listProjectTasks(ctx: RequestContext, query: ProjectTasksQuery): Promise<Task[]> {
  const { after, ...rest } = query
  const isKnown = after !== undefined && (await findTask(db(), after)) !== undefined
  return await findTasks(db(), {
    ...rest,
    sortKey: 'createdAt',
    sortDir: 'desc',
    ...(!isCatalogAdmin(ctx) && { ownerId: ctx.principal.projectId ?? '' }),
    ...(isKnown && { after }),
  })
}

/** One of {@link listProjectTasks}. Throws `not_found`, also for those of other projects. */
export async function getProjectTask(ctx: RequestContext, id: string): Promise<Task> {
  const task = await findTask(db(), id)
  if (task === undefined || (!isCatalogAdmin(ctx) && task.ownerId !== ctx.principal.projectId)) {
    throw apiError('not_found', { public: `Could not find task ${id}` })
  }
  return task
}
