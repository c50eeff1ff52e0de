'use client'

import { UserMinus, UserPlus, UsersRound } from 'lucide-react'
import { type FormEvent, useEffect, useState, useTransition } from 'react'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { CopyText } from '@/components/ui/copy-text'
import { EmptyState } from '@/components/ui/empty-state'
import { TextInput } from '@/components/ui/field'
import { IconButton } from '@/components/ui/icon-button'
import { useNavigation } from '@/components/ui/navigation'
import type { Result } from '@/components/ui/result'
import { Time } from '@/components/ui/time'
import { useToast } from '@/components/ui/toast'
import { useUndoable } from '@/components/ui/use-undoable'
import type { MemberStatus } from '@/lib/images/view'
import { detailTexts } from './detail-messages'
import { imageHref, imageName } from './image-columns'
import { MemberStatusTag } from './member-status'
import { sharingTexts } from './sharing-messages'
import { useImageActions } from './use-image-actions'
import { type AnswerOffer, useOfferAnswers } from './use-offer-answers'
import type { ImageActions, ImageItem } from './view'

export interface MemberView {
  readonly memberId: string
  /** of a project that the reader knows */
  readonly name: string | null
  readonly status: MemberStatus
  /** ISO 8601 */
  readonly createdAt: string
  readonly updatedAt: string
}

export interface AddOutcome {
  readonly memberId: string
  readonly isAdded: boolean
  readonly message?: string
}

export interface SharingActions {
  readonly add: (input: {
    readonly imageId: string
    readonly memberIds: readonly string[]
  }) => Promise<Result<readonly AddOutcome[]>>
  readonly remove: (input: { readonly imageId: string; readonly memberId: string }) => Promise<Result<null>>
  readonly answer: AnswerOffer
}

export interface ImageSharingProps {
  readonly item: ImageItem
  /** those that the reader may know of; null where there are none by the image's visibility */
  readonly members: readonly MemberView[] | null
  /** the reader's own project is one of them */
  readonly own: MemberView | null
  readonly can: { readonly add: boolean; readonly remove: boolean; readonly answer: boolean }
  /** other projects of the reader, to offer the image to with one press */
  readonly projects: readonly { readonly id: string; readonly name: string }[]
  readonly actions: SharingActions
  readonly imageActions: ImageActions
}

/** Whom an image is offered to and what they answered; for such a project its own answer. */
export function ImageSharing(props: ImageSharingProps) {
  const { item, members, own, can, projects, actions } = props
  if (members === null) return <NotShared item={item} imageActions={props.imageActions} />
  const unknown = projects.filter(({ id }) => !members.some(({ memberId }) => memberId === id))
  return (
    <div className="flex max-w-3xl flex-col gap-7 px-4 pt-5 pb-16 md:px-6">
      {own !== null && <OwnAnswer item={item} own={own} canAnswer={can.answer} answer={actions.answer} />}
      {own === null && (
        <>
          {can.add && <AddForm imageId={item.image.id} projects={unknown} add={actions.add} />}
          <Members item={item} members={members} canRemove={can.remove} actions={actions} />
          {members.length > 0 && <PageLink item={item} />}
        </>
      )}
    </div>
  )
}

function NotShared({ item, imageActions }: { item: ImageItem; imageActions: ImageActions }) {
  const { image, can } = item
  const changes = useImageActions(imageActions)
  const canShare = can.modify && can.visibilities.includes('shared')
  return (
    <EmptyState
      icon={<UsersRound aria-hidden />}
      title={sharingTexts.notSharedTitle}
      text={image.visibility === 'shared' ? '' : sharingTexts.notShared[image.visibility]}
      actions={
        canShare && (
          <Button variant="primary" isPending={changes.isPending} onPress={() => changes.setVisibility(item, 'shared')}>
            {sharingTexts.share}
          </Button>
        )
      }
    />
  )
}

interface OwnAnswerProps {
  readonly item: ImageItem
  readonly own: MemberView
  readonly canAnswer: boolean
  readonly answer: AnswerOffer
}

function OwnAnswer({ item: { image }, own, canAnswer, answer }: OwnAnswerProps) {
  const { isPending, set } = useOfferAnswers(answer)
  const { status } = own
  const offer = { imageId: image.id, name: imageName(image), status }
  return (
    <Banner tone="info" title={sharingTexts.offeredToYou[status]}>
      <p>{sharingTexts.offeredHelp[status]}</p>
      <p className="pt-1 text-muted">
        {sharingTexts.since} <Time iso={own.createdAt} />
      </p>
      {canAnswer && (
        <div className="flex flex-wrap gap-2 pt-3">
          {status !== 'accepted' && (
            <Button variant="primary" isPending={isPending} onPress={() => set(offer, 'accepted')}>
              {sharingTexts.accept}
            </Button>
          )}
          {status !== 'rejected' && (
            <Button isPending={isPending} onPress={() => set(offer, 'rejected')}>
              {status === 'accepted' ? sharingTexts.leave : sharingTexts.reject}
            </Button>
          )}
        </div>
      )}
    </Banner>
  )
}

interface AddFormProps {
  readonly imageId: string
  readonly projects: ImageSharingProps['projects']
  readonly add: SharingActions['add']
}

function AddForm({ imageId, projects, add }: AddFormProps) {
  const [text, setText] = useState('')
  const [refused, setRefused] = useState<readonly AddOutcome[]>([])
  const [problem, setProblem] = useState<string>()
  const [isPending, start] = useTransition()
  const { refresh } = useNavigation()
  const toast = useToast()

  const offer = (memberIds: readonly string[]) => {
    if (memberIds.length === 0) return
    start(async () => {
      const result = await insist(() => add({ imageId, memberIds }))
      if (!result.ok) {
        setProblem(result.message)
        return
      }
      setProblem(undefined)
      const failed = result.data.filter(({ isAdded }) => !isAdded)
      const count = result.data.length - failed.length
      setRefused(failed)
      // What could not be added stays in the field, to be mended there.
      setText(failed.map(({ memberId }) => memberId).join(' '))
      if (count > 0) toast({ kind: 'ok', title: sharingTexts.offered(count) })
      refresh()
    })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    offer([...new Set(text.split(/[\s,;]+/).filter(Boolean))])
  }

  return (
    <section className="flex flex-col gap-3">
      <form onSubmit={submit} className="flex flex-wrap items-start gap-2">
        <TextInput
          label={sharingTexts.addLabel}
          help={sharingTexts.addHelp}
          error={problem}
          placeholder={sharingTexts.addPlaceholder}
          value={text}
          onChange={setText}
          autoComplete="off"
          mono
          className="min-w-64 flex-1"
        />
        <Button
          type="submit"
          variant="primary"
          isPending={isPending}
          isDisabled={text.trim() === ''}
          className="mt-[calc(var(--text-sm)*1.45+0.25rem)] max-sm:mt-0"
        >
          <UserPlus aria-hidden />
          {sharingTexts.add}
        </Button>
      </form>
      {refused.length > 0 && (
        <Banner tone="danger" role="alert" title={sharingTexts.notOffered(refused.length)}>
          <ul>
            {refused.map(({ memberId, message }) => (
              <li key={memberId}>
                <span className="font-mono">{memberId}</span>: {message}
              </li>
            ))}
          </ul>
        </Banner>
      )}
      {projects.length > 0 && (
        <fieldset className="flex min-w-0 flex-wrap items-center gap-1.5 text-sm">
          <legend className="float-left pr-2 text-muted">{sharingTexts.ownProjects}</legend>
          {projects.map(({ id, name }) => (
            <Button
              key={id}
              size="sm"
              isDisabled={isPending}
              aria-label={sharingTexts.offerTo(name)}
              onPress={() => offer([id])}
            >
              <UserPlus aria-hidden />
              <span className="max-w-40 truncate">{name}</span>
            </Button>
          ))}
        </fieldset>
      )}
    </section>
  )
}

interface MembersProps {
  readonly item: ImageItem
  readonly members: readonly MemberView[]
  readonly canRemove: boolean
  readonly actions: SharingActions
}

function Members({ item, members, canRemove, actions }: MembersProps) {
  const { isPending, act } = useUndoable()
  const imageId = item.image.id
  const remove = ({ memberId, name }: MemberView) =>
    act({
      title: sharingTexts.removed(name ?? memberId),
      run: () => actions.remove({ imageId, memberId }),
      undo: async () => refusalIn(await actions.add({ imageId, memberIds: [memberId] })),
    })
  return (
    <section aria-busy={isPending}>
      <h2 className="pb-1.5 font-semibold">{sharingTexts.title}</h2>
      {members.length === 0 ? (
        <p className="text-muted text-sm">{sharingTexts.none}</p>
      ) : (
        <ul aria-label={sharingTexts.title} className="divide-y divide-line border-line border-y">
          {members.map((member) => (
            <li key={member.memberId} className="flex min-h-11 items-center gap-3 py-1.5">
              <div className="min-w-0 flex-1">
                {member.name !== null && <p className="truncate font-medium">{member.name}</p>}
                <p className={member.name === null ? '' : 'text-muted text-sm'}>
                  <CopyText text={member.memberId} label={detailTexts.copyOf(member.name ?? member.memberId)} />
                </p>
              </div>
              <div className="flex shrink-0 flex-col items-start gap-x-4 sm:flex-row sm:items-center">
                <MemberStatusTag status={member.status} />
                <span className="text-muted text-sm sm:w-36">
                  {member.status === 'pending' ? sharingTexts.since : sharingTexts.answered}{' '}
                  <Time iso={member.status === 'pending' ? member.createdAt : member.updatedAt} />
                </span>
              </div>
              {canRemove && (
                <IconButton
                  label={sharingTexts.remove(member.name ?? member.memberId)}
                  variant="danger-quiet"
                  isDisabled={isPending}
                  onPress={() => remove(member)}
                >
                  <UserMinus aria-hidden />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** Of one project that was to be added, its own refusal. */
function refusalIn(result: Result<readonly AddOutcome[]>): Result<unknown> {
  const message = result.ok ? result.data[0]?.message : undefined
  return message === undefined ? result : { ok: false, code: 'conflict', message }
}

function PageLink({ item: { image } }: { item: ImageItem }) {
  const [origin, setOrigin] = useState('')
  useEffect(() => setOrigin(window.location.origin), [])
  return (
    <section>
      <h2 className="pb-1.5 font-semibold">{sharingTexts.linkTitle}</h2>
      <p className="wrap-anywhere">
        <CopyText text={`${origin}${imageHref(image)}`} label={sharingTexts.copyLink} />
      </p>
      <p className="text-muted text-sm">{sharingTexts.linkHelp}</p>
    </section>
  )
}
