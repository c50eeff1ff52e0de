import type { Metadata } from 'next'
import { FamilyList } from '@/components/images/family-list'
import { familyTexts } from '@/components/images/family-messages'
import { familyScopes, familyWays } from '@/components/images/family-view'
import type { RequestContext } from '@/lib/context/request-context'
import { listFamilies, mayGroupBy } from '@/lib/images/families'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../guarded'
import { projectNames } from '../../projects'
import { type SearchParams, searchParamsOf } from '../../search-params'
import { decodeCursor, encodeCursor } from '../catalog-query'
import { familyItem } from './family-item'

export function generateMetadata(): Metadata {
  return { title: familyTexts.title }
}

const PAGE_SIZE = 50
const TEXT_MAX = 200

export default async function FamiliesPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const search = searchParamsOf(await searchParams)
    const ways = familyWays.filter((way) => mayGroupBy(ctx, way))
    const way = ways.find((id) => id === search.get('by')) ?? 'name'
    const scope = familyScopes.find((id) => id === search.get('view')) ?? 'mine'
    const text = (search.get('q') ?? '').replaceAll('\0', '').slice(0, TEXT_MAX)
    const after = cursorOf(search.get('after'))
    const [found, names] = await Promise.all([
      // One more than shown tells whether there is another page.
      listFamilies(ctx, { kind: way, text, limit: PAGE_SIZE + 1, ...ownerOf(ctx, scope), ...(after && { after }) }),
      projectNames(),
    ])
    const families = found.slice(0, PAGE_SIZE)
    const last = families.at(-1)?.newest
    const hasMore = found.length > PAGE_SIZE && last !== undefined
    return (
      <FamilyList
        way={way}
        scope={scope}
        text={text}
        ways={ways}
        families={families.map((family) => familyItem(ctx, family, names))}
        next={hasMore ? encodeCursor([last.createdAt, last.id]) : null}
        isFirst={after === undefined}
      />
    )
  })
}

function ownerOf({ principal }: RequestContext, scope: (typeof familyScopes)[number]) {
  return scope === 'mine' && principal.projectId !== null ? { ownerId: principal.projectId } : {}
}

function cursorOf(text: string | null) {
  const [createdAt, id] = (text === null ? null : decodeCursor(text, 2)) ?? []
  // A time that no date can have is no place in the list.
  return typeof createdAt === 'number' &&
    Math.abs(createdAt) <= 8.64e15 &&
    typeof id === 'string' &&
    /^[0-9a-f-]+$/.test(id)
    ? { createdAt, id }
    : undefined
}
