'use client'

import { ChevronRight, CircleAlert, CircleCheck, CircleSlash, Layers } from 'lucide-react'
import type { ReactNode } from 'react'
import { bulkTexts } from '@/components/images/bulk-messages'
import { EmptyState } from '@/components/ui/empty-state'
import { AppLink } from '@/components/ui/link'
import { uiTexts } from '@/components/ui/messages'
import { Time } from '@/components/ui/time'
import { taskTexts } from './task-messages'
import type { BulkRunItem } from './view'

export interface BulkRunsProps {
  readonly runs: readonly BulkRunItem[]
  readonly showsProjects: boolean
}

/** What became of acts on many images, each image that was not changed with its reason; newest first. */
export function BulkRuns({ runs, showsProjects }: BulkRunsProps) {
  const { bulk: texts } = taskTexts
  if (runs.length === 0) {
    return <EmptyState icon={<Layers aria-hidden />} title={taskTexts.empty.bulk} text={texts.emptyText} />
  }
  return (
    <ul aria-label={taskTexts.list(taskTexts.view.bulk)} className="max-w-5xl divide-y divide-line">
      {runs.map((run) => (
        <li key={run.id} className="py-3">
          <Run run={run} showsProjects={showsProjects} />
        </li>
      ))}
    </ul>
  )
}

function Run({ run, showsProjects }: { run: BulkRunItem; showsProjects: boolean }) {
  const { act, doneCount, failedCount, skippedCount } = run
  const { bulk: texts } = taskTexts
  const unnamed = failedCount - run.failed.length
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1">
        <div className="flex min-w-0 flex-col gap-0.5">
          {act === null && <p className="font-medium">{texts.unknown}</p>}
          {act !== null && doneCount > 0 && (
            <Count icon={<CircleCheck className="text-ok" />}>{bulkTexts.done(act, doneCount)}</Count>
          )}
          {act !== null && failedCount > 0 && (
            <Count icon={<CircleAlert className="text-danger" />}>{bulkTexts.failed(act, failedCount)}</Count>
          )}
          {skippedCount > 0 && (
            <Count icon={<CircleSlash className="text-muted" />}>{bulkTexts.skipped(skippedCount)}</Count>
          )}
        </div>
        <p className="text-muted text-sm">
          <Time iso={run.createdAt} /> · {run.who === 'reader' ? texts.you : texts.other}
          {showsProjects && (
            <>
              {' · '}
              {run.projectName ?? <span className="font-mono">{run.projectId}</span>}
            </>
          )}
        </p>
      </div>
      {failedCount + skippedCount > 0 && (
        <details className="group/run pt-1">
          <summary className="flex min-h-7 w-fit cursor-default list-none items-center gap-1.5 rounded-sm pr-1 text-accent text-sm [&::-webkit-details-marker]:hidden">
            <ChevronRight className="size-4 transition-transform group-open/run:rotate-90" aria-hidden />
            {texts.results}
          </summary>
          <ul className="flex flex-col gap-1.5 pt-1 pl-5.5 text-sm">
            {Object.entries(run.skipped).map(([reason, count]) => (
              <li key={reason} className="text-muted">
                {bulkTexts.reasonCount(reason, count)}
              </li>
            ))}
            {run.failed.map((failure) => (
              <li key={failure.id} className="wrap-anywhere">
                <AppLink href={`/images/${encodeURIComponent(failure.id)}`}>{failure.name || failure.id}</AppLink>
                {': '}
                {failure.message}
                {failure.requestId !== undefined && (
                  <span className="text-muted text-xs">
                    {' '}
                    {uiTexts.requestId} <span className="font-mono">{failure.requestId}</span>
                  </span>
                )}
              </li>
            ))}
            {unnamed > 0 && <li className="text-muted">{bulkTexts.andMore(unnamed)}</li>}
          </ul>
        </details>
      )}
    </>
  )
}

function Count({ icon, children }: { icon: ReactNode; children: string }) {
  return (
    <p className="flex items-start gap-2 wrap-anywhere [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0">
      {icon}
      {children}
    </p>
  )
}
