import type { Metadata } from 'next'
import { familyTexts } from '@/components/images/family-messages'
import { FamilyPage } from '@/components/images/family-page'
import { familyOfKey, listVersions } from '@/lib/images/families'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../../guarded'
import { projectNames } from '../../../projects'
import { imageActions } from '../../actions'
import { imageItem } from '../../image-item'
import { familyTitle } from '../family-item'
import { FamilyNotFound } from './family-not-found'

type FamilyParams = Promise<{ readonly key: string }>

export async function generateMetadata({ params }: { params: FamilyParams }): Promise<Metadata> {
  const family = familyOfKey((await params).key)
  return { title: family === undefined ? familyTexts.notFoundTitle : familyTitle(family, new Map()).title }
}

const VERSIONS_MAX = 200

export default async function OneFamilyPage({ params }: { params: FamilyParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const family = familyOfKey((await params).key)
    // One more than shown tells whether there are others.
    const versions = family === undefined ? [] : await listVersions(ctx, family, VERSIONS_MAX + 1)
    if (family === undefined || versions.length === 0) return <FamilyNotFound />
    return (
      <FamilyPage
        family={familyTitle(family, await projectNames())}
        versions={versions.slice(0, VERSIONS_MAX).map((image) => imageItem(ctx, image))}
        isCut={versions.length > VERSIONS_MAX}
        actions={imageActions}
      />
    )
  })
}
