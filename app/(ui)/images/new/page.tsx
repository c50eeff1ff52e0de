import { Ban } from 'lucide-react'
import type { Metadata } from 'next'
import { draftFrom } from '@/components/images/create-draft'
import { CreateForm } from '@/components/images/create-form'
import { createTexts } from '@/components/images/create-messages'
import { imageName } from '@/components/images/image-columns'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { otherImageRegions } from '@/lib/identity/image-endpoint'
import { imageView } from '@/lib/images/view'
import { storeChoices } from '@/lib/imports/store-choices'
import { allowed } from '@/lib/policy/enforce'
import { ownNewImageTarget } from '@/lib/policy/targets'
import { limitedUsage } from '@/lib/quota/quota'
import { dashboardContext, dashboardSession } from '@/lib/session/dashboard-context'
import { guarded } from '../../guarded'
import { findShownImage } from '../find-shown-image'
import { formatRules } from '../format-rules'
import { settableVisibilities } from '../image-item'
import {
  createFromRegionAction,
  createFromUrlAction,
  createImageAction,
  previewRemoteAction,
  previewUrlAction,
} from './actions'

export function generateMetadata(): Metadata {
  return { title: createTexts.title }
}

interface NewImagePageProps {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>
}

/** `from` names an image that this is to be a new version of; one that the reader cannot see counts as none. */
export default async function NewImagePage({ searchParams }: NewImagePageProps) {
  const ctx = await dashboardContext()
  const { from } = await searchParams
  return guarded(ctx, async () => {
    const target = ownNewImageTarget(ctx)
    if (!allowed(ctx, 'add_image', target)) return <NotAllowed />
    const visibilities = settableVisibilities(ctx, 'private', target)
    const { enabledImportMethods: methods } = config().images
    const found = typeof from === 'string' ? await findShownImage(ctx, from) : undefined
    const origin = found && imageView(found)
    const { userId, projectId } = ctx.principal
    return (
      <CreateForm
        rules={formatRules()}
        visibilities={visibilities}
        stores={storeChoices(ctx)}
        usage={await limitedUsage(ctx)}
        isResumable={config().uploads.resumable}
        draftName={[userId, projectId, origin?.id].join('/')}
        origin={origin === undefined ? null : { name: imageName(origin), draft: draftFrom(origin, visibilities) }}
        create={createImageAction}
        fromUrl={methods.includes('web-download') ? { preview: previewUrlAction, create: createFromUrlAction } : null}
        fromRegion={
          methods.includes('glance-download')
            ? { regions: await regions(ctx), preview: previewRemoteAction, create: createFromRegionAction }
            : null
        }
      />
    )
  })
}

/** None where the catalog cannot be had: an image can be made all the same. */
async function regions(ctx: RequestContext): Promise<readonly string[]> {
  const token = (await dashboardSession())?.scopedToken
  if (token == null) return []
  try {
    return await otherImageRegions(token)
  } catch (error) {
    ctx.log.warn({ err: error }, 'the regions of the catalog could not be read')
    return []
  }
}

function NotAllowed() {
  return (
    <EmptyState
      headingLevel={1}
      icon={<Ban aria-hidden />}
      title={createTexts.notAllowedTitle}
      text={createTexts.notAllowedText}
      actions={<LinkButton href="/images">{createTexts.back}</LinkButton>}
    />
  )
}
