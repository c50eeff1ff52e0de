import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { getImage } from './get-image'
import { changeImage, readImage } from './image-repo'
import { checkQuota, checkTag } from './image-rules'

const TAG_LENGTH_MAX = 255
const TRIES_MAX = 20

/** Adds one tag; one that is there already changes nothing. Throws `bad_request` and `quota_exceeded` as Glance does. */
export async function addTag(ctx: RequestContext, imageId: string, tag: string): Promise<void> {
  if ([...tag].length > TAG_LENGTH_MAX) {
    throw apiError('bad_request', { public: `Image tag cannot be longer than ${TAG_LENGTH_MAX} characters` })
  }
  checkTag(tag)
  await changeTags(ctx, imageId, (tags) => {
    if (tags.includes(tag)) return undefined
    checkTagQuota(imageId, tags.length + 1)
    return [...tags, tag]
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
  enforce(ctx, 'modify_image', imageTarget(await findForTags(ctx, imageId)))
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const current = await readImage(db(), imageId)
    if (current === undefined) throw notFound(imageId)
    const tags = change(current.image.tags)
    if (tags === undefined) return
    if ((await changeImage(db(), imageId, { revision: current.revision, set: { tags } })) !== 'conflict') return
  }
  throw apiError('conflict', { public: 'The image is being changed too often; try again.' })
}

async function findForTags(ctx: RequestContext, imageId: string) {
  try {
    return await getImage(ctx, imageId)
  } catch (error) {
    if (isApiError(error) && error.code === 'image_not_found') throw notFound(imageId)
    throw error
  }
}

function notFound(imageId: string) {
  return apiError('image_not_found', { public: `Image ${imageId} not found.` })
}

/** The same quota as everywhere, in this route's own words. */
function checkTagQuota(imageId: string, attempted: number): void {
  try {
    checkQuota('tags', attempted, `Image tag limit exceeded for image ${imageId}: `)
  } catch (error) {
    if (!isApiError(error)) throw error
    throw apiError('quota_exceeded', { public: `${error.message}:`, cause: error })
  }
}
