import { z } from 'zod'
import type { TaskItem, TaskKind } from '@/components/tasks/view'
import type { RequestContext } from '@/lib/context/request-context'
import type { Image } from '@/lib/images/image'
import { visibleAmong } from '@/lib/images/visible-among'
import { redactUrls } from '@/lib/runtime/redact-urls'
import type { Task } from '@/lib/tasks/task'
import { wireTask } from '@/lib/tasks/wire'

/** Tasks with the names of their images and projects, as far as the reader knows them. */
export async function taskItems(
  ctx: RequestContext,
  tasks: readonly Task[],
  names: ReadonlyMap<string, string>,
): Promise<readonly TaskItem[]> {
  const ids = tasks.flatMap(({ imageId }) => imageId ?? [])
  const images = await visibleAmong(ctx, [...new Set(ids)])
  return tasks.map((task) => taskItem(task, images.get(task.imageId ?? ''), names))
}

/** What was asked for, as the task API shows it, without passwords in addresses. */
export function shownInput(task: Task): string {
  return redactUrls(JSON.stringify(wireTask(task).input, null, 2))
}

function taskItem(task: Task, image: Image | undefined, names: ReadonlyMap<string, string>): TaskItem {
  const { id, status, ownerId, requestId, attempts, expiresAt } = task
  const asked = askedOf(task)
  return {
    id,
    status,
    kind: asked.kind,
    message: redactUrls(task.message),
    progress: progressOf(task, image),
    image: image === undefined ? null : { id: image.id, name: image.name, isThere: image.status !== 'deleted' },
    storeIds: asked.storeIds,
    source: asked.source === undefined || asked.source === '' ? null : redactUrls(asked.source),
    ownerId,
    ownerName: names.get(ownerId ?? '') ?? null,
    requestId,
    attempts,
    createdAt: new Date(task.createdAt).toISOString(),
    updatedAt: new Date(task.updatedAt).toISOString(),
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  }
}

const methods = ['glance-direct', 'web-download', 'copy-image', 'glance-download'] as const
const planned = z.object({
  plan: z.object({
    method: z.enum(methods),
    uri: z.string().optional(),
    remote: z.object({ region: z.string(), imageId: z.string() }).nullish(),
    storeIds: z.array(z.string()),
  }),
})
const located = z.object({ loc_url: z.string() })

/** Of a task that another release wrote only the kind is known, if that. */
function askedOf({ type, input }: Task): { kind: TaskKind; source?: string | undefined; storeIds: readonly string[] } {
  if (type === 'location_import') {
    return { kind: 'location', source: located.safeParse(input).data?.loc_url, storeIds: [] }
  }
  const plan = planned.safeParse(input).data?.plan
  if (plan === undefined) return { kind: 'unknown', storeIds: [] }
  const { method, uri, remote, storeIds } = plan
  return { kind: method, source: remote ? `${remote.region}, ${remote.imageId}` : uri, storeIds }
}

const MIB = 1024 * 1024

/** How far a running task is, from what it says: a share, or an amount of an image whose size is known. */
function progressOf({ status, message }: Task, image: Image | undefined): number | null {
  if (status !== 'processing') return null
  const share = /(\d+) %/.exec(message)?.[1]
  if (share !== undefined) return Math.min(1, Number(share) / 100)
  const amounts = [...message.matchAll(/(\d+) MiB/g)].map(([, amount]) => Number(amount) * MIB)
  const sizeBytes = image?.sizeBytes ?? 0
  if (amounts.length === 0 || sizeBytes === 0 || message.startsWith('Decompressed')) return null
  const mean = amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length
  return Math.min(1, mean / sizeBytes)
}
