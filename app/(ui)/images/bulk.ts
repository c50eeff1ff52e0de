import {
  type BulkAct,
  type BulkOutcome,
  type BulkPlan,
  BulkPlanner,
  type BulkStep,
  type BulkTarget,
  bulkMax,
  bulkStepMax,
  isNothingToDo,
  undoOf,
  whyUnaffected,
} from '@/components/images/bulk-act'
import { bulkTexts } from '@/components/images/bulk-messages'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { auditRefusal } from '@/lib/events/refusals'
import { deactivateImage, reactivateImage } from '@/lib/images/deactivate-image'
import { deleteImage } from '@/lib/images/delete-image'
import { getImage } from '@/lib/images/get-image'
import type { Image } from '@/lib/images/image'
import { completeSort, type ImageFilters } from '@/lib/images/image-query'
import type { PatchOperation } from '@/lib/images/json-patch'
import { cursorOf, listImages } from '@/lib/images/list-images'
import { patchImage } from '@/lib/images/patch-image'
import { addTags, removeTag } from '@/lib/images/tag-image'
import { mayUseProperty } from '@/lib/policy/property-protection'
import { errorSentence } from '@/lib/session/error-sentence'
import { type BulkPart, noteBulkPart } from '@/lib/tasks/bulk-runs'
import { catalogFilters, decodeCursor, encodeCursor } from './catalog-query'
import { imageItem } from './image-item'
import { listStateOf } from './load-catalog'
import { pagesOf } from './pages-of'

/** Newest first, whatever the list's order is: nothing that an act changes moves an image in it. */
const order = completeSort([])

const { unaffected: reasons } = bulkTexts

/** What an act would change now, and what not and why. Throws `bad_request` for a query that the list does not know. */
export async function planBulk(ctx: RequestContext, act: BulkAct, target: BulkTarget): Promise<BulkPlan> {
  const planner = new BulkPlanner({ keepsIds: 'imageIds' in target })
  if ('imageIds' in target) {
    for (const id of target.imageIds) {
      const image = await findReadable(ctx, id)
      if (image === undefined) planner.add({ id, name: null, sizeBytes: null }, reasons.gone)
      else planner.add(image, reasonFor(ctx, image, act))
    }
    return planner.plan(false)
  }
  for await (const images of pagesOf(ctx, { filters: filtersOf(ctx, target.search), sort: order })) {
    for (const image of images) {
      if (planner.count === bulkMax) return planner.plan(true)
      planner.add(image, reasonFor(ctx, image, act))
    }
  }
  return planner.plan(false)
}

/**
 * Does a part of an act: to the images named, or to the next ones that match the query, after the place that the part
 * before ended at. Whatever becomes of one image, the others get their turn.
 */
export async function runBulk(
  ctx: RequestContext,
  act: BulkAct,
  { runId, ...part }: BulkPartAsked & { readonly runId?: string | undefined },
): Promise<BulkStep> {
  const { outcomes, next } = await runPart(ctx, act, part)
  // What became of one image is told at once, and of none there is nothing to tell.
  const isOfOne = 'imageIds' in part.target && part.target.imageIds.length === 1
  if (runId === undefined && (isOfOne || outcomes.length === 0)) return { outcomes, next, runId: null }
  return { outcomes, next, runId: await noteBulkPart(ctx, partOf(outcomes), { act, runId }) }
}

interface BulkPartAsked {
  readonly target: BulkTarget
  readonly after?: string | undefined
}

function partOf(outcomes: readonly BulkOutcome[]): BulkPart {
  const ofKind = (kind: BulkOutcome['result']) => outcomes.filter(({ result }) => result === kind)
  return {
    doneCount: ofKind('done').length,
    failed: ofKind('failed').map(({ id, name, message = '', requestId }) => ({ id, name, message, requestId })),
    skipped: ofKind('skipped').map(({ message = '' }) => message),
  }
}

async function runPart(ctx: RequestContext, act: BulkAct, { target, after }: BulkPartAsked) {
  const outcomes: BulkOutcome[] = []
  if ('imageIds' in target) {
    for (const id of target.imageIds) {
      const image = await findReadable(ctx, id)
      if (image === undefined) outcomes.push({ id, name: null, result: 'failed', message: reasons.gone })
      else outcomes.push(await runOne(ctx, act, { image, isNamed: true }))
    }
    return { outcomes, next: null }
  }
  const cursor = after === undefined ? undefined : decodeCursor(after, order.length)
  if (cursor === null) throw apiError('bad_request')
  const images = await listImages(ctx, {
    filters: filtersOf(ctx, target.search),
    sort: order,
    limit: bulkStepMax,
    ...(cursor !== undefined && { after: cursor }),
  })
  for (const image of images) outcomes.push(await runOne(ctx, act, { image, isNamed: false }))
  const last = images.at(-1)
  return { outcomes, next: last === undefined ? null : encodeCursor(cursorOf(last, order)) }
}

/** A part of the query that is not understood would widen what is changed. */
function filtersOf(ctx: RequestContext, search: string): ImageFilters {
  return catalogFilters(ctx, listStateOf(ctx, new URLSearchParams(search)))
}

async function findReadable(ctx: RequestContext, id: string): Promise<Image | undefined> {
  try {
    return await getImage(ctx, id)
  } catch (error) {
    if (isApiError(error) && error.status === 404) return undefined
    throw error
  }
}

function reasonFor(ctx: RequestContext, image: Image, act: BulkAct): string | undefined {
  const reason = whyUnaffected(imageItem(ctx, image), act)
  if (reason !== undefined) return reason
  if (act.kind !== 'setProperty' && act.kind !== 'removeProperty') return undefined
  const change = image.properties[act.name] === undefined ? 'create' : 'update'
  const isAllowed = mayUseProperty(ctx, act.name, act.kind === 'removeProperty' ? 'delete' : change)
  return isAllowed ? undefined : reasons.propertyNotAllowed
}

/** Who named an image wants it changed, so a refusal is one; of what merely matches, what cannot be is left out. */
async function runOne(
  ctx: RequestContext,
  act: BulkAct,
  { image, isNamed }: { readonly image: Image; readonly isNamed: boolean },
): Promise<BulkOutcome> {
  const { id, name } = image
  const reason = reasonFor(ctx, image, act)
  if (reason !== undefined && (!isNamed || isNothingToDo(reason))) {
    return { id, name, result: 'skipped', message: reason }
  }
  try {
    await perform(ctx, act, id)
    return { id, name, result: 'done', undo: undoOf(image, act) }
  } catch (error) {
    const method = act.kind === 'delete' ? 'DELETE' : act.kind === 'setActive' ? 'POST' : 'PATCH'
    await auditRefusal(ctx, { method, path: `/images/${id}`, imageId: id }, error)
    if (!isApiError(error)) ctx.log.error({ err: error, imageId: id, act: act.kind }, 'an image could not be changed')
    return { id, name, result: 'failed', message: errorSentence(error), requestId: ctx.requestId }
  }
}

async function perform(ctx: RequestContext, act: BulkAct, id: string): Promise<void> {
  const patch = (operation: PatchOperation) => patchImage(ctx, id, [operation], { dialect: 'v2.1' })
  switch (act.kind) {
    case 'delete':
      return await deleteImage(ctx, id)
    case 'addTags':
      return await addTags(ctx, id, act.tags)
    case 'removeTag':
      return await removeTag(ctx, id, act.tag)
    case 'setActive':
      return await (act.value ? reactivateImage : deactivateImage)(ctx, id)
    case 'setProperty':
      await patch({ op: 'add', path: [act.name], value: act.value })
      return
    case 'removeProperty':
      await patch({ op: 'remove', path: [act.name] })
      return
    case 'setVisibility':
      await patch({ op: 'replace', path: ['visibility'], value: act.visibility })
      return
    case 'setProtected':
      await patch({ op: 'replace', path: ['protected'], value: act.value })
      return
    case 'setHidden':
      await patch({ op: 'replace', path: ['os_hidden'], value: act.value })
  }
}
