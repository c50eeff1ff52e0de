import { wireTime } from '@/lib/images/iso-time'
import type { Task } from './task'

/** A task of a list. Source: images.md 9.1. */
export function wireTaskStub(task: Task): Record<string, unknown> {
  return {
    id: task.id,
    type: task.type,
    status: task.status,
    owner: task.ownerId,
    ...(task.expiresAt !== null && { expires_at: wireTime(task.expiresAt) }),
    created_at: wireTime(task.createdAt),
    updated_at: wireTime(task.updatedAt),
    ...(task.imageId !== null && { image_id: task.imageId }),
    ...(task.requestId !== null && { request_id: task.requestId }),
    ...(task.userId !== null && { user_id: task.userId }),
    self: `/v2/tasks/${task.id}`,
    schema: '/v2/schemas/task',
  }
}

export function wireTask(task: Task): Record<string, unknown> {
  return { ...wireTaskStub(task), input: wireInput(task), result: task.result, message: task.message }
}

/** A task below its image; these times alone have microseconds and no zone. Source: images.md 8.9. */
export function wireImageTask(task: Task): Record<string, unknown> {
  return {
    id: task.id,
    type: task.type,
    status: task.status,
    owner: task.ownerId,
    expires_at: task.expiresAt === null ? null : microseconds(task.expiresAt),
    created_at: microseconds(task.createdAt),
    updated_at: microseconds(task.updatedAt),
    deleted_at: null,
    deleted: false,
    image_id: task.imageId,
    request_id: task.requestId,
    user_id: task.userId,
    input: wireInput(task),
    result: task.result,
    message: task.message,
  }
}

/** Without what only this service understands. */
function wireInput({ input }: Task): Record<string, unknown> {
  const { plan: _plan, ...shown } = input
  return shown
}

function microseconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000`
}
