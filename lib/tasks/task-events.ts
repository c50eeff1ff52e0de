import type { EventType, NewEvent } from '@/lib/events/event'
import { wireTime } from '@/lib/images/iso-time'
import type { Task } from './task'

/** As Glance's notifications tell of a task: without its input and its message, which may hold secrets. */
export function taskEvent(type: EventType, task: Task): NewEvent {
  return {
    type,
    by: { userId: task.userId, projectId: task.ownerId, requestId: task.requestId },
    taskId: task.id,
    imageId: task.imageId,
    payload: {
      id: task.id,
      type: task.type,
      status: task.status,
      result: null,
      owner: task.ownerId,
      message: null,
      image_id: task.imageId,
      expires_at: task.expiresAt === null ? null : wireTime(task.expiresAt),
      created_at: wireTime(task.createdAt),
      updated_at: wireTime(task.updatedAt),
      deleted: false,
      deleted_at: null,
    },
  }
}
