import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { type ApiError, apiError } from '@/lib/errors/api-error'
import { actorOf } from '@/lib/events/event'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { getImage } from './get-image'
import { changeImage, untilUnchanged } from './image-repo'
import { checkQuota, checkTag } from './image-rules'

const TAG_LENGTH_MAX = 255

/** Adds one tag; one that is there already changes nothing. Throws `bad_request` and `quota_exceeded` as Glance does. */
export async function addTag(ctx: RequestContext, imageId: string, tag: string): Promise<void> {
  await addTags(ctx, imageId, [tag])
}

/** {@link addTag} for several, as one change: all or none, and tags that others add or remove meanwhile stay so. */
export async function addTags(ctx: RequestContext, imageId: string, added: readonly string[]): Promise<void> {
  for (const tag of added) {
    if ([...tag].length > TAG_LENGTH_MAX) {
      throw apiError('bad_request', { public: `Image tag cannot be longer than ${TAG_LENGTH_MAX} characters` })
    }
    checkTag(tag)
  }
  await changeTags(ctx, imageId, (tags) => {
    const after = [...new Set([...tags, ...added])]
    if (after.length === tags.length) return undefined
    checkTagQuota(imageId, after.length)
    return after
  })
}

/** Removes one tag. Throws `not_found` when the image has no such tag. */
export async function removeTag(ctx: RequestContext, imageId: string, tag: string): Promise<void> {
  await changeTags(ctx, imageId, (tags) => {
    if (!tags.includes(tag)) throw apiError('not_found')
    return tags.filter((known) => known !== tag)
  })
}

type Change = (tags: readonly string[]) => readonly string[] | undefined

async function changeTags(ctx: RequestContext, imageId: string, change: Change): Promise<void> {
  enforce(ctx, 'modify_image', imageTarget(await getImage(ctx, imageId, notFound)))
  const changed = await untilUnchanged(imageId, async ({ image, revision }) => {
    const tags = change(image.tags)
    if (tags === undefined) return image
    return changeImage(db(), imageId, { revision, set: { tags }, note: { by: actorOf(ctx), was: image } })
  })
  if (changed === 'gone') throw notFound(imageId)
}

function notFound(imageId: string): ApiError {
  return apiError('image_not_found', { public: `Image ${imageId} not found.` })
}

/** The same quota as everywhere, in this route's own words. */
function checkTagQuota(imageId: string, attempted: number): void {
  checkQuota('tags', attempted, (sentence) => `Image tag limit exceeded for image ${imageId}: ${sentence}:`)
}
