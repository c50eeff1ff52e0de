import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { createImage } from '@/lib/images/create-image'
import { taskSchema } from '@/lib/images/schema-documents'
import { violation } from '@/lib/images/validate-document'
import { newId } from '@/lib/runtime/ids'
import { stores } from '@/lib/stores/registry'
import { checkUri } from '@/lib/stores/web/uri-filter'
import type { Task } from '@/lib/tasks/task'
import { insertTask, type NewTask } from '@/lib/tasks/task-repo'
import { enforceTaskAccess } from '@/lib/tasks/tasks'
import { announceTask } from '@/lib/tasks/wakeup'
import { legacyInputOf } from './import-plan'
import { LOCK } from './import-repo'

type Fields = Readonly<Record<string, unknown>>

function bad(text: string) {
  return apiError('bad_request', { public: text })
}

/**
 * Starts an import of the oldest kind, which makes an image from an address: image and task are there when this
 * resolves, and some node does it. Throws `policy_denied`, `bad_request` and what creating the image would.
 * Source: images.md 9.1.
 */
export async function createTask(ctx: RequestContext, body: Fields | readonly unknown[]): Promise<Task> {
  enforceTaskAccess(ctx)
  const fields: Fields = Array.isArray(body) ? {} : { ...body }
  const input = inputOf(fields)
  const uri = sourceOf(input.import_from)
  const document = imageDocumentOf(input)
  await checkUri(uri, { subject: 'URI for legacy import task' })
  const id = newId()
  let task: Task | undefined
  await createImage(ctx, document, {
    properties: { [LOCK]: id },
    run: async (tx, image) => {
      task = await insertTask(tx, taskFor(ctx, image.id, { id, input, uri }))
    },
  })
  if (task === undefined) throw apiError('internal')
  announceTask()
  return task
}

function taskFor(
  { principal, requestId }: RequestContext,
  imageId: string,
  { id, input, uri }: { readonly id: string; readonly input: Fields; readonly uri: string },
): NewTask {
  const { projectId: ownerId, userId, roles } = principal
  const storeIds = [stores().defaultStoreId]
  return {
    id,
    type: 'import',
    imageId,
    ownerId,
    userId,
    requestId,
    input: legacyInputOf(input, { imageId, uri, storeIds, roles }),
  }
}

function inputOf(fields: Fields): Fields {
  for (const name of ['type', 'input']) if (!Object.hasOwn(fields, name)) throw bad(`Task '${name}' is required`)
  const reason = violation(taskSchema, fields)
  if (reason !== undefined) throw bad(`Provided object does not match schema 'task': ${reason}`)
  // The other kinds follow from requests of their own; made by hand they could do anything to any image.
  if (fields.type !== 'import') throw bad(`Tasks of type ${String(fields.type)} cannot be created.`)
  return typeof fields.input === 'object' && fields.input !== null ? { ...fields.input } : {}
}

function sourceOf(value: unknown): string {
  if (typeof value !== 'string' || value === '')
    throw bad(`Invalid location: ${value == null ? 'None' : String(value)}`)
  if (/^https?:\/\//.test(value)) return value
  if (/^file(system)?:\/\/\//.test(value)) {
    throw bad('File based imports are not allowed. Please use a non-local source of image data.')
  }
  throw bad("The given uri is not valid. Please specify a valid uri from the following list of supported uri ['http']")
}

/** The original looks at this only when it begins; a client is told at once. */
function imageDocumentOf(input: Fields): unknown {
  for (const name of ['import_from_format', 'image_properties']) {
    if (!Object.hasOwn(input, name)) throw bad(`Input does not contain '${name}' field`)
  }
  const { image_properties: document } = input
  const given: Fields = typeof document === 'object' && document !== null ? { ...document } : {}
  const missing = ['disk_format', 'container_format'].filter((name) => given[name] == null)
  if (missing.length > 0) throw bad(`Properties ${missing.join(', ')} must be set prior to saving data.`)
  return document
}
