'use client'

import { Inbox } from 'lucide-react'
import { TabbedRoom } from '@/components/table/tabbed-room'
import { Button } from '@/components/ui/button'
import { Bytes } from '@/components/ui/bytes'
import { CopyText } from '@/components/ui/copy-text'
import { EmptyState } from '@/components/ui/empty-state'
import { formatCount } from '@/components/ui/format'
import { AppLink } from '@/components/ui/link'
import { useNavigation } from '@/components/ui/navigation'
import { Time } from '@/components/ui/time'
import type { MemberStatus } from '@/lib/images/view'
import { imageHref, imageName } from './image-columns'
import { type InboxView, inboxViews } from './inbox-views'
import { inboxTexts, sharingTexts } from './sharing-messages'
import { StatusTag } from './status-tag'
import { type AnswerOffer, useOfferAnswers } from './use-offer-answers'
import type { ImageItem } from './view'

export interface OfferItem extends ImageItem {
  readonly status: MemberStatus
  /** ISO 8601 */
  readonly offeredAt: string
  /** of a project that the reader knows */
  readonly ownerName: string | null
  readonly canAnswer: boolean
}

export interface OfferListProps {
  readonly view: InboxView
  readonly counts: Readonly<Record<InboxView, number>>
  readonly offers: readonly OfferItem[]
  readonly next: string | null
  readonly isFirst: boolean
  readonly projectId: string | null
  readonly answer: AnswerOffer
}

const href = (view: InboxView) => (view === 'pending' ? '/images/inbox' : `/images/inbox?view=${view}`)

/** What other projects offer to the reader's, by what this answered. */
export function OfferList({ view, counts, offers, next, isFirst, projectId, answer }: OfferListProps) {
  const { navigate } = useNavigation()
  const answers = useOfferAnswers(answer)
  const search = view === 'pending' ? '?' : `?view=${view}&`
  return (
    <TabbedRoom
      title={inboxTexts.title}
      intro={inboxTexts.intro}
      tabs={{
        label: inboxTexts.views,
        current: view,
        tabs: inboxViews.map((id) => ({
          id,
          label: inboxTexts.view[id],
          href: href(id),
          extra: counts[id] > 0 && <span className="text-muted text-sm tabular-nums">{formatCount(counts[id])}</span>,
        })),
      }}
      pages={{
        onPrevious: isFirst ? null : () => navigate(href(view)),
        onNext: next === null ? null : () => navigate(`/images/inbox${search}after=${next}`),
      }}
    >
      {offers.length === 0 ? (
        <EmptyState
          icon={<Inbox aria-hidden />}
          title={inboxTexts.empty[view]}
          text={
            <>
              <p>{inboxTexts.emptyText[view]}</p>
              {view === 'pending' && projectId !== null && (
                <p className="pt-2 text-text">
                  <CopyText text={projectId} label={inboxTexts.copyProject} />
                </p>
              )}
            </>
          }
        />
      ) : (
        <ul aria-label={inboxTexts.list(inboxTexts.view[view])} className="max-w-4xl divide-y divide-line">
          {offers.map((offer) => (
            <OfferRow key={offer.image.id} offer={offer} answers={answers} />
          ))}
        </ul>
      )}
    </TabbedRoom>
  )
}

interface OfferRowProps {
  readonly offer: OfferItem
  readonly answers: ReturnType<typeof useOfferAnswers>
}

function OfferRow({ offer, answers }: OfferRowProps) {
  const { image, status, canAnswer } = offer
  const name = imageName(image)
  const { description } = image.properties
  const toAnswer = { imageId: image.id, name, status }
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-3 py-3.5">
      <div className="min-w-0 flex-1 basis-72">
        <p className="flex flex-wrap items-center gap-x-3">
          <AppLink href={imageHref(image)} plain className="min-w-0 py-0.5 font-medium wrap-anywhere hovered:underline">
            {name}
          </AppLink>
          <StatusTag status={image.status} />
        </p>
        {description !== undefined && description !== '' && (
          <p className="line-clamp-2 max-w-prose wrap-anywhere">{description}</p>
        )}
        <dl className="flex flex-wrap gap-x-4 gap-y-0.5 pt-0.5 text-muted text-sm">
          <div className="flex min-w-0 gap-1.5">
            <dt>{inboxTexts.from}</dt>
            <dd className="min-w-0 text-text wrap-anywhere">
              {offer.ownerName ?? <span className="font-mono">{image.ownerId ?? inboxTexts.unknownOwner}</span>}
            </dd>
          </div>
          <div className="flex gap-1.5">
            <dt>{inboxTexts.offered}</dt>
            <dd>
              <Time iso={offer.offeredAt} />
            </dd>
          </div>
          {image.sizeBytes !== null && (
            <div className="flex gap-1.5">
              <dt className="sr-only">{inboxTexts.size}</dt>
              <dd>
                <Bytes value={image.sizeBytes} /> {image.diskFormat}
              </dd>
            </div>
          )}
        </dl>
      </div>
      {canAnswer && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would be announced as a form
        <div role="group" aria-label={inboxTexts.answers(name)} className="flex shrink-0 gap-2">
          {status !== 'rejected' && (
            <Button isDisabled={answers.isPending} onPress={() => answers.set(toAnswer, 'rejected')}>
              {status === 'accepted' ? sharingTexts.leave : sharingTexts.reject}
            </Button>
          )}
          {status !== 'accepted' && (
            <Button variant="primary" isDisabled={answers.isPending} onPress={() => answers.set(toAnswer, 'accepted')}>
              {sharingTexts.accept}
            </Button>
          )}
        </div>
      )}
    </li>
  )
}
