import { Ban } from 'lucide-react'
import type { Metadata } from 'next'
import { CreateForm } from '@/components/images/create-form'
import { createTexts } from '@/components/images/create-messages'
import { LinkButton } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { config } from '@/lib/config/load'
import { allowed } from '@/lib/policy/enforce'
import { ownNewImageTarget } from '@/lib/policy/targets'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../guarded'
import { formatRules } from '../format-rules'
import { settableVisibilities } from '../image-item'
import { createFromUrlAction, createImageAction, previewUrlAction } from './actions'

export function generateMetadata(): Metadata {
  return { title: createTexts.title }
}

export default async function NewImagePage() {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const target = ownNewImageTarget(ctx)
    if (!allowed(ctx, 'add_image', target)) return <NotAllowed />
    const visibilities = settableVisibilities(ctx, 'private', target)
    const importsUrls = config().images.enabledImportMethods.includes('web-download')
    return (
      <CreateForm
        rules={formatRules()}
        visibilities={visibilities}
        create={createImageAction}
        fromUrl={importsUrls ? { preview: previewUrlAction, create: createFromUrlAction } : null}
      />
    )
  })
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
