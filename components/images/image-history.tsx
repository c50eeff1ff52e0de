'use client'

import { CircleSlash, History, Undo2 } from 'lucide-react'
import { useState, useTransition } from 'react'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'
import { useNavigation } from '@/components/ui/navigation'
import { Time } from '@/components/ui/time'
import { useToast } from '@/components/ui/toast'
import { historyTexts } from './history-messages'
import type { HistoryChange, HistoryEntry } from './history-view'
import type { ImageActions, PatchStep } from './view'

export interface ImageHistoryProps {
  readonly imageId: string
  /** null: not for this reader */
  readonly entries: readonly HistoryEntry[] | null
  /** where the next page begins */
  readonly next: number | null
  readonly patch: ImageActions['patch']
}

/** Who did what to an image, newest first; changes can be taken back one by one. */
export function ImageHistory({ imageId, entries, next, patch }: ImageHistoryProps) {
  const [toRevert, setToRevert] = useState<HistoryEntry | null>(null)
  const { search } = useNavigation()
  if (entries === null || entries.length === 0) {
    const text = entries === null ? historyTexts.notYours : historyTexts.empty
    return <EmptyState icon={<History aria-hidden />} title={historyTexts.label} text={text} />
  }
  const href = `/images/${encodeURIComponent(imageId)}/history`
  return (
    <div className="flex flex-col gap-4 px-4 pt-5 pb-16 md:px-6">
      <ol aria-label={historyTexts.label} className="max-w-4xl">
        {entries.map((entry) => (
          <Entry key={entry.id} entry={entry} onRevert={() => setToRevert(entry)} />
        ))}
      </ol>
      <div className="flex gap-2">
        {search !== '' && <LinkButton href={href}>{historyTexts.newest}</LinkButton>}
        {next !== null && <LinkButton href={`${href}?before=${next}`}>{historyTexts.older}</LinkButton>}
      </div>
      <RevertDialog
        key={toRevert?.id}
        imageId={imageId}
        entry={toRevert}
        patch={patch}
        onClose={() => setToRevert(null)}
      />
    </div>
  )
}

function Entry({ entry, onRevert }: { entry: HistoryEntry; onRevert: () => void }) {
  const { who, isRefused, reason, memberId, changes, revert } = entry
  const what = historyTexts.kinds[entry.kind] ?? entry.kind
  return (
    <li className="relative border-line border-l pb-5 pl-5 last:pb-0">
      <span
        aria-hidden
        className={`absolute top-1.5 -left-[5px] size-2.5 rounded-full border-2 border-bg ${isRefused ? 'bg-danger' : 'bg-control'}`}
      />
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <p className="min-w-0 wrap-anywhere">
          <Who who={who} />{' '}
          {isRefused ? (
            <span className="inline-flex items-center gap-1 text-danger">
              <CircleSlash className="size-3.5 shrink-0" aria-hidden />
              {historyTexts.refused(entry.kind)}
            </span>
          ) : (
            what
          )}
          {memberId !== null && <span className="font-mono text-sm"> {memberId}</span>}
          <span className="pl-3 text-muted text-sm" title={entry.requestId ?? ''}>
            <Time iso={entry.at} />
          </span>
        </p>
        {revert !== null && (
          <Button size="sm" variant="quiet" onPress={onRevert}>
            <Undo2 aria-hidden />
            {historyTexts.revert}
          </Button>
        )}
      </div>
      {reason !== null && <p className="text-muted text-sm wrap-anywhere">{reason}</p>}
      {changes.length > 0 && <Changes changes={changes} />}
    </li>
  )
}

function Who({ who }: { who: HistoryEntry['who'] }) {
  if (who === null) return <span className="font-medium">{historyTexts.service}</span>
  if (who.isReader) return <span className="font-medium">{historyTexts.you}</span>
  return (
    <span className="font-medium" title={historyTexts.user(who.userId)}>
      {historyTexts.somebody} <span className="font-mono font-normal text-muted text-sm">{who.userId.slice(0, 8)}</span>
    </span>
  )
}

function Changes({ changes }: { changes: readonly HistoryChange[] }) {
  return (
    <dl className="mt-1 flex flex-col gap-0.5 text-sm">
      {changes.map(({ name, was, is }) => (
        <div key={name} className="grid gap-x-3 sm:grid-cols-[minmax(0,1fr)_minmax(0,3fr)]">
          <dt className="font-mono text-muted wrap-anywhere">{name}</dt>
          <dd className="font-mono wrap-anywhere">
            <Value value={was} /> <span className="text-muted">→</span>
            <span className="sr-only">{historyTexts.became}</span> <Value value={is} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Value({ value }: { value: string | null }) {
  if (value === null) return <span className="font-sans text-muted">{historyTexts.absent}</span>
  return <>{value === '' ? '""' : value}</>
}

interface RevertDialogProps {
  readonly imageId: string
  readonly entry: HistoryEntry | null
  readonly patch: ImageActions['patch']
  readonly onClose: () => void
}

function RevertDialog({ imageId, entry, patch, onClose }: RevertDialogProps) {
  const [problem, setProblem] = useState<string>()
  const [isRunning, start] = useTransition()
  const { refresh } = useNavigation()
  const toast = useToast()
  const steps = entry?.revert ?? []
  const run = () =>
    start(async () => {
      const result = await insist(() => patch({ imageId, steps, expected: entry?.expected }))
      if (!result.ok) {
        setProblem(result.code === 'conflict' ? historyTexts.revertConflict(result.message) : result.message)
        refresh()
        return
      }
      toast({ kind: 'ok', title: historyTexts.reverted })
      onClose()
      refresh()
    })
  return (
    <Dialog
      title={historyTexts.revertTitle}
      isOpen={entry !== null}
      onClose={onClose}
      wide
      actions={
        <>
          <Button variant="quiet" onPress={onClose}>
            {historyTexts.cancel}
          </Button>
          <Button variant="primary" isPending={isRunning} onPress={run}>
            {historyTexts.confirm}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-muted text-sm">{historyTexts.revertHelp}</p>
        {problem !== undefined && (
          <Banner tone="danger" role="alert">
            {problem}
          </Banner>
        )}
        <ul className="flex flex-col gap-1 font-mono text-sm">
          {steps.map((step) => (
            <li key={step.path} className="wrap-anywhere">
              <span className="text-muted">{step.op}</span> {step.path.slice(1)}
              {step.op !== 'remove' && <> = {shown(step)}</>}
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  )
}

const shown = ({ value }: PatchStep) => (Array.isArray(value) ? value.join(', ') : String(value ?? ''))
