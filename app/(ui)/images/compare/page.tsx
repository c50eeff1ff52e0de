import type { Metadata } from 'next'
import { CompareImages, type CompareItem } from '@/components/images/compare-images'
import { compareTexts } from '@/components/images/compare-messages'
import type { PropertyTitle } from '@/components/images/compare-rows'
import { compareMax } from '@/components/images/compare-view'
import type { RequestContext } from '@/lib/context/request-context'
import { isApiError } from '@/lib/errors/api-error'
import { getImage } from '@/lib/images/get-image'
import type { Image } from '@/lib/images/image'
import { listMembers } from '@/lib/images/members'
import { imagePropertyGroups } from '@/lib/metadefs/image-properties'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../guarded'
import { projectNames } from '../../projects'
import { type SearchParams, searchParamsOf } from '../../search-params'
import { saveProperties } from '../[imageId]/properties/actions'
import { imageItem } from '../image-item'

export function generateMetadata(): Metadata {
  return { title: compareTexts.title }
}

export default async function ComparePage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const search = searchParamsOf(await searchParams)
    const asked = [...new Set(search.getAll('ids').flatMap((ids) => ids.split(',')))].filter((id) => id !== '')
    const [names, titles] = [await projectNames(), await propertyTitles(ctx)]
    const wanted = asked.slice(0, compareMax)
    const found = await Promise.all(wanted.map((id) => compareItem(ctx, id, names)))
    const items = found.filter((item) => item !== undefined)
    return (
      <CompareImages
        items={items}
        showsAll={search.get('all') === '1'}
        goneCount={wanted.length - items.length}
        isCut={asked.length > compareMax}
        titles={titles}
        save={saveProperties}
      />
    )
  })
}

async function compareItem(
  ctx: RequestContext,
  id: string,
  names: ReadonlyMap<string, string>,
): Promise<CompareItem | undefined> {
  try {
    const image = await getImage(ctx, id)
    return { ...imageItem(ctx, image), members: await membersOf(ctx, image, names) }
  } catch (error) {
    if (isApiError(error) && error.status === 404) return undefined
    throw error
  }
}

/** null where there is no list, or none for this reader. */
async function membersOf(
  ctx: RequestContext,
  image: Image,
  names: ReadonlyMap<string, string>,
): Promise<readonly string[] | null> {
  if (image.visibility !== 'shared') return null
  try {
    const members = await listMembers(ctx, image.id)
    return members.map(({ memberId, status }) => `${names.get(memberId) ?? memberId} (${status})`).toSorted()
  } catch (error) {
    if (isApiError(error) && error.status < 500) return null
    throw error
  }
}

/** Where the rules show the reader no definitions, properties are plain texts. */
async function propertyTitles(ctx: RequestContext): Promise<readonly PropertyTitle[]> {
  try {
    const groups = await imagePropertyGroups(ctx)
    return groups.flatMap(({ title, properties }) => properties.map(({ key }) => ({ key, group: title })))
  } catch (error) {
    if (!isApiError(error)) throw error
    return []
  }
}
