import type { Metadata } from 'next'
import { type InboxView, inboxViews } from '@/components/images/inbox-views'
import { type OfferItem, OfferList } from '@/components/images/offer-list'
import { inboxTexts } from '@/components/images/sharing-messages'
import type { RequestContext } from '@/lib/context/request-context'
import { countOffers, listOffers, mayAnswer, type Offer, offerCursor, offerCursorLength } from '@/lib/images/offers'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../../guarded'
import { projectNames } from '../../projects'
import { type SearchParams, searchParamsOf } from '../../search-params'
import { answerOfferAction } from '../[imageId]/sharing/actions'
import { decodeCursor, encodeCursor } from '../catalog-query'
import { imageItem } from '../image-item'

export function generateMetadata(): Metadata {
  return { title: inboxTexts.title }
}

const PAGE_SIZE = 25
const COUNT_MAX = 1000

export default async function InboxPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const search = searchParamsOf(await searchParams)
    const view = inboxViews.find((name) => name === search.get('view')) ?? 'pending'
    const cursor = decodeCursor(search.get('after') ?? '', offerCursorLength)
    const [found, counts, names] = await Promise.all([
      // One more than shown tells whether there is another page.
      listOffers(ctx, { status: view, limit: PAGE_SIZE + 1, ...(cursor !== null && { after: cursor }) }),
      countViews(ctx),
      projectNames(),
    ])
    const offers = found.slice(0, PAGE_SIZE)
    const last = offers.at(-1)
    return (
      <OfferList
        view={view}
        counts={counts}
        offers={offers.map((offer) => offerItem(ctx, offer, names))}
        next={found.length > PAGE_SIZE && last !== undefined ? encodeCursor(offerCursor(last)) : null}
        isFirst={cursor === null}
        projectId={ctx.principal.projectId}
        answer={answerOfferAction}
      />
    )
  })
}

async function countViews(ctx: RequestContext): Promise<Readonly<Record<InboxView, number>>> {
  const [pending = 0, accepted = 0, rejected = 0] = await Promise.all(
    inboxViews.map((view) => countOffers(ctx, view, COUNT_MAX)),
  )
  return { pending, accepted, rejected }
}

function offerItem(ctx: RequestContext, { image, member }: Offer, names: ReadonlyMap<string, string>): OfferItem {
  return {
    ...imageItem(ctx, image),
    status: member.status,
    offeredAt: new Date(member.createdAt).toISOString(),
    ownerName: names.get(image.ownerId ?? '') ?? null,
    canAnswer: mayAnswer(ctx, image),
  }
}
