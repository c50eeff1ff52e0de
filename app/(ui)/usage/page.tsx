import type { Metadata } from 'next'
import { usageTexts } from '@/components/usage/usage-messages'
import { UsageRoom } from '@/components/usage/usage-room'
import type { RequestContext } from '@/lib/context/request-context'
import { completeSort, type ImageFilters, noFilters } from '@/lib/images/image-query'
import { listImages } from '@/lib/images/list-images'
import { imageView } from '@/lib/images/view'
import { allowed } from '@/lib/policy/enforce'
import { projectTarget } from '@/lib/policy/targets'
import { projectUsage } from '@/lib/quota/quota'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../guarded'

export function generateMetadata(): Metadata {
  return { title: usageTexts.title }
}

const SHOWN = 10

export default async function UsagePage() {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const { projectId, projectName } = ctx.principal
    const mayList = allowed(ctx, 'get_images', projectTarget(ctx))
    const [usage, images] = await Promise.all([projectUsage(ctx), mayList ? imagesThatCount(ctx) : null])
    return <UsageRoom projectName={projectName ?? projectId ?? ''} usage={usage} images={images} />
  })
}

async function imagesThatCount(ctx: RequestContext) {
  const [largest, unfinished] = await Promise.all([
    ownImages(ctx, { ranges: [{ column: 'sizeBytes', min: 1 }] }, 'sizeBytes'),
    ownImages(ctx, { oneOf: [{ column: 'status', values: ['queued'] }] }, 'createdAt'),
  ])
  return { largest, unfinished }
}

/** The first of the project's own images, the largest or newest first. */
async function ownImages(ctx: RequestContext, filters: Partial<ImageFilters>, column: 'sizeBytes' | 'createdAt') {
  const { projectId } = ctx.principal
  if (projectId === null) return []
  const images = await listImages(ctx, {
    filters: { ...noFilters, visibility: 'all', ownerId: projectId, ...filters },
    sort: completeSort([{ column, direction: 'desc' }]),
    limit: SHOWN,
  })
  return images.map(imageView)
}
