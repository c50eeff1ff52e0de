'use client'

import { CircleAlert, CircleCheck, CircleSlash, PencilLine, Trash2 } from 'lucide-react'
import { type FormEvent, type ReactNode, useEffect, useState } from 'react'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextInput } from '@/components/ui/field'
import { formatBytes } from '@/components/ui/format'
import { uiTexts } from '@/components/ui/messages'
import { Progress } from '@/components/ui/progress'
import { Spinner } from '@/components/ui/spinner'
import { ActForm, actFormId } from './act-form'
import {
  type Ask,
  type BulkAct,
  type BulkGroup,
  type BulkPlan,
  type BulkTarget,
  bulkMax,
  lookedAt,
  type Present,
} from './bulk-act'
import { bulkTexts } from './bulk-messages'
import { imageName } from './image-columns'
import { type BulkEnd, useBulkRun } from './use-bulk-run'
import type { BulkActions } from './view'

/** What is to be done to which images; an `ask` wants more to be said first. */
export interface PreflightSubject {
  readonly target: BulkTarget
  readonly start: { readonly act: BulkAct } | { readonly ask: Ask }
  /** what the images have that are on the page, to choose from */
  readonly present?: Present
}

export interface PreflightSheetProps {
  readonly subject: PreflightSubject
  readonly bulk: BulkActions
  readonly onClose: () => void
  /** Called once it was tried, also when some or all failed. */
  readonly onEnded: (act: BulkAct, end: BulkEnd) => void
}

const confirmId = 'confirm-act'

/** Preflight, confirmation, progress and results of an act on images, in one place. */
export function PreflightSheet({ subject, ...props }: PreflightSheetProps) {
  return <OpenSheet key={JSON.stringify(subject)} subject={subject} {...props} />
}

function OpenSheet({ subject: { target, start, present }, bulk, onClose, onEnded }: PreflightSheetProps) {
  const [act, setAct] = useState('act' in start ? start.act : null)
  const { plan, problem } = usePlan(bulk.plan, act, target)
  const work = useBulkRun(bulk.run)
  const [end, setEnd] = useState<BulkEnd | null>(null)
  const isRunning = work.tally !== null && end === null

  const run = async (sure: BulkAct, { affected }: BulkPlan) => {
    const reached = await work.start({ act: sure, target, imageIds: affected.imageIds })
    onEnded(sure, reached)
    if (reached.tally.failedCount === 0 && !reached.isStopped && reached.problem === undefined) onClose()
    else setEnd(reached)
  }
  const frame = (content: Content) => (
    // While it runs, Escape means to stop; what was done by then is told.
    <Dialog
      title={content.title}
      role={content.isAlert ? 'alertdialog' : 'dialog'}
      isOpen
      onClose={isRunning ? work.stop : onClose}
      actions={content.actions}
    >
      {content.body}
    </Dialog>
  )
  const cancel = (label: string = bulkTexts.cancel) => (
    <Button key="cancel" variant="quiet" onPress={onClose} autoFocus>
      {label}
    </Button>
  )

  if (act === null) {
    const ask = 'ask' in start ? start.ask : 'addTags'
    return frame({
      title: bulkTexts.ask[ask],
      body: <ActForm ask={ask} present={present} onAct={setAct} />,
      actions: (
        <>
          <Button variant="quiet" onPress={onClose}>
            {bulkTexts.cancel}
          </Button>
          <Button variant="primary" type="submit" form={actFormId}>
            {bulkTexts.goOn}
          </Button>
        </>
      ),
    })
  }
  if (end !== null) {
    return frame({
      title: bulkTexts.resultTitle,
      body: <Results act={act} end={end} />,
      actions: (
        <Button key="close" onPress={onClose} autoFocus>
          {bulkTexts.close}
        </Button>
      ),
    })
  }
  const title = 'search' in target ? bulkTexts.titleAll(act) : bulkTexts.title(act, target.imageIds.length)
  const isAlert = act.kind === 'delete' || act.kind === 'setVisibility'
  if (plan === undefined) {
    const body = problem === undefined ? <Planning /> : <Problem text={problem} />
    return frame({ title, isAlert, body, actions: cancel() })
  }
  if (work.tally !== null) {
    const total = 'search' in target ? countOf(plan) : plan.affected.count
    return frame({
      title,
      isAlert,
      body: <Running done={lookedAt(work.tally)} total={total} />,
      actions: (
        <Button key="stop" onPress={work.stop} isPending={work.isStopping} autoFocus>
          {bulkTexts.stop}
        </Button>
      ),
    })
  }
  const { count } = plan.affected
  const isPossible = count > 0 && !plan.isTooMany
  return frame({
    title,
    isAlert,
    body: <Preflight act={act} plan={plan} isOfQuery={'search' in target} onConfirm={() => void run(act, plan)} />,
    actions: (
      <>
        {cancel(isPossible ? bulkTexts.cancel : bulkTexts.close)}
        {isPossible && (
          <Button variant={act.kind === 'delete' ? 'danger' : 'primary'} type="submit" form={confirmId}>
            {act.kind === 'delete' && <Trash2 aria-hidden />}
            {bulkTexts.confirm(act, count)}
          </Button>
        )}
      </>
    ),
  })
}

interface Content {
  readonly title: string
  readonly isAlert?: boolean
  readonly body: ReactNode
  readonly actions: ReactNode
}

function countOf({ affected, unaffected }: BulkPlan): number {
  return unaffected.reduce((sum, group) => sum + group.count, affected.count)
}

/** What the act would do, as the server counts it when the act is known. */
function usePlan(ask: BulkActions['plan'], act: BulkAct | null, target: BulkTarget) {
  const [state, setState] = useState<{ readonly plan?: BulkPlan; readonly problem?: string }>({})
  // The target is that of the sheet, which has a key for it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each act
  useEffect(() => {
    if (act === null) return
    let isWanted = true
    const show = (next: typeof state) => {
      if (isWanted) setState(next)
    }
    insist(() => ask({ act, target })).then(
      (result) => show(result.ok ? { plan: result.data } : { problem: result.message }),
      () => show({ problem: uiTexts.unreachable }),
    )
    return () => {
      isWanted = false
    }
  }, [act])
  return state
}

function Planning() {
  return (
    <p className="flex items-center gap-2 py-4 text-muted" role="status">
      <Spinner />
      {bulkTexts.planning}
    </p>
  )
}

function Problem({ text }: { text: string }) {
  return (
    <Banner tone="danger" role="alert">
      {text}
    </Banner>
  )
}

interface PreflightProps {
  readonly act: BulkAct
  readonly plan: BulkPlan
  readonly isOfQuery: boolean
  readonly onConfirm: () => void
}

function Preflight({ act, plan: { affected, unaffected, isTooMany }, isOfQuery, onConfirm }: PreflightProps) {
  const isDelete = act.kind === 'delete'
  const { count } = affected
  if (isTooMany) return <Banner tone="warn">{bulkTexts.tooMany(bulkMax)}</Banner>
  return (
    <div className="flex flex-col gap-3">
      {count === 0 && <p>{isDelete ? bulkTexts.nothingToDelete : bulkTexts.nothing}</p>}
      {count > 0 && (
        <Group
          icon={isDelete ? <Trash2 className="text-danger" /> : <PencilLine className="text-info" />}
          title={bulkTexts.will(act, count)}
          group={affected}
        >
          {isDelete && affected.sizeBytes > 0 && bulkTexts.frees(formatBytes(affected.sizeBytes))}
        </Group>
      )}
      {unaffected.map(({ reason, ...group }) => (
        <Group
          key={reason}
          icon={<CircleSlash className="text-muted" />}
          title={bulkTexts.cannot(act, group.count)}
          group={group}
        >
          {reason}
        </Group>
      ))}
      {count > 0 && (
        <>
          {act.kind === 'setVisibility' && <Banner tone="warn">{bulkTexts.note(act)}</Banner>}
          {act.kind !== 'setVisibility' && bulkTexts.note(act) !== undefined && (
            <p className="text-muted text-sm">{bulkTexts.note(act)}</p>
          )}
          {isOfQuery && <p className="text-muted text-sm">{bulkTexts.ofQuery}</p>}
          <Confirm wanted={isDelete ? wantedOf(affected) : null} count={count} onConfirm={onConfirm} />
        </>
      )}
    </div>
  )
}

/** What must be typed before images are deleted: the name of the only one, or how many. */
function wantedOf({ count, sample: [only] }: BulkGroup): string {
  return count === 1 && only !== undefined ? (only.name ?? '') || only.id : String(count)
}

interface ConfirmProps {
  /** null: nothing needs to be typed */
  readonly wanted: string | null
  readonly count: number
  readonly onConfirm: () => void
}

function Confirm({ wanted, count, onConfirm }: ConfirmProps) {
  const [typed, setTyped] = useState('')
  const [mistake, setMistake] = useState<string>()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (wanted === null || typed.trim() === wanted) onConfirm()
    else setMistake(bulkTexts.mismatch(wanted))
  }
  return (
    <form id={confirmId} onSubmit={submit}>
      {wanted !== null && (
        <TextInput
          label={count === 1 ? bulkTexts.typeName(wanted) : bulkTexts.typeCount(count)}
          value={typed}
          onChange={(value) => {
            setTyped(value)
            setMistake(undefined)
          }}
          error={mistake}
          autoComplete="off"
          autoFocus
        />
      )}
    </form>
  )
}

function Group(props: { icon: ReactNode; title: string; group: BulkGroup; children: ReactNode }) {
  const { icon, title, group, children } = props
  const more = group.count - group.sample.length
  return (
    <section className="rounded-md border border-line p-3">
      <h3 className="flex items-start gap-2 font-medium wrap-anywhere [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0">
        {icon}
        {title}
      </h3>
      {children && <p className="text-muted text-sm">{children}</p>}
      <ul className="mt-1 text-sm">
        {group.sample.map((image) => (
          <li key={image.id} className="flex justify-between gap-3">
            <span className="truncate">{imageName(image)}</span>
            <span className="shrink-0 font-mono text-muted text-xs leading-5">{image.id.slice(0, 8)}</span>
          </li>
        ))}
        {more > 0 && <li className="text-muted">{bulkTexts.andMore(more)}</li>}
      </ul>
    </section>
  )
}

function Running({ done, total }: { done: number; total: number }) {
  return (
    <div className="flex flex-col gap-2 py-2">
      <Progress label={bulkTexts.progress} value={total === 0 ? 0 : done / total} />
      <p className="flex justify-between gap-3 text-muted text-sm">
        <span>{bulkTexts.keepOpen}</span>
        <span className="tabular-nums">{bulkTexts.running(done, Math.max(done, total))}</span>
      </p>
    </div>
  )
}

function Results({ act, end: { tally, isStopped, problem } }: { act: BulkAct; end: BulkEnd }) {
  const skippedCount = [...tally.skipped.values()].reduce((sum, count) => sum + count, 0)
  const unnamed = tally.failedCount - tally.failed.length
  return (
    <div className="flex flex-col gap-2" role="status">
      {problem !== undefined && <Banner tone="danger">{bulkTexts.brokenOff(problem)}</Banner>}
      {isStopped && <Banner tone="info">{bulkTexts.stopped}</Banner>}
      {tally.doneCount > 0 && (
        <p className="flex items-center gap-2">
          <CircleCheck className="size-4 shrink-0 text-ok" aria-hidden />
          {bulkTexts.done(act, tally.doneCount)}
        </p>
      )}
      {skippedCount > 0 && (
        <div>
          <p className="flex items-center gap-2">
            <CircleSlash className="size-4 shrink-0 text-muted" aria-hidden />
            {bulkTexts.skipped(skippedCount)}
          </p>
          <ul className="pl-6 text-muted text-sm">
            {[...tally.skipped].map(([reason, count]) => (
              <li key={reason}>{bulkTexts.reasonCount(reason, count)}</li>
            ))}
          </ul>
        </div>
      )}
      {tally.failedCount > 0 && (
        <p className="flex items-center gap-2">
          <CircleAlert className="size-4 shrink-0 text-danger" aria-hidden />
          {bulkTexts.failed(act, tally.failedCount)}
        </p>
      )}
      <ul className="flex flex-col gap-2">
        {tally.failed.map((outcome) => (
          <li key={outcome.id} className="rounded-md border border-line p-2 text-sm">
            <p className="font-medium wrap-anywhere">{imageName(outcome)}</p>
            <p>{outcome.message}</p>
            <p className="font-mono text-muted text-xs wrap-anywhere">{outcome.id}</p>
            {outcome.requestId !== undefined && (
              <p className="text-muted text-xs">
                {uiTexts.requestId} <span className="font-mono wrap-anywhere">{outcome.requestId}</span>
              </p>
            )}
          </li>
        ))}
        {unnamed > 0 && <li className="text-muted text-sm">{bulkTexts.andMore(unnamed)}</li>}
      </ul>
    </div>
  )
}
