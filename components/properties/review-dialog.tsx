'use client'

import { type ReactNode, useState, useTransition } from 'react'
import { insist } from '@/components/session/insist'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { RadioCards } from '@/components/ui/radio-cards'
import type { Result } from '@/components/ui/result'
import type { Change } from './property-draft'
import { propertyTexts } from './property-messages'

/** A property that is not as it was when the editing began. */
export interface Conflict {
  readonly name: string
  /** null: it is gone */
  readonly theirs: string | null
  readonly yours: string | null
}

export interface ReviewDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly changes: readonly Change[]
  readonly save: () => Promise<Result<{ readonly conflicts: readonly Conflict[] }>>
  readonly onSaved: () => void
  /** `kept` are the names whose values of ours stay. */
  readonly onResolved: (conflicts: readonly Conflict[], kept: ReadonlySet<string>) => void
}

/** Shows what will be sent before it is; where others were faster, asks whose value stays. */
export function ReviewDialog({ isOpen, onClose, changes, save, onSaved, onResolved }: ReviewDialogProps) {
  const [isSaving, start] = useTransition()
  const [problem, setProblem] = useState<string>()
  const [conflicts, setConflicts] = useState<readonly Conflict[]>([])
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set())
  const close = () => {
    setProblem(undefined)
    setConflicts([])
    onClose()
  }
  const send = () =>
    start(async () => {
      const result = await insist(save)
      if (!result.ok) {
        setProblem(result.message)
        return
      }
      setProblem(undefined)
      if (result.data.conflicts.length === 0) {
        onSaved()
        return
      }
      setKept(new Set(result.data.conflicts.map(({ name }) => name)))
      setConflicts(result.data.conflicts)
    })
  const resolve = () => {
    onResolved(conflicts, kept)
    close()
  }
  const isConflict = conflicts.length > 0
  return (
    <Dialog
      title={isConflict ? propertyTexts.conflictTitle : propertyTexts.reviewTitle}
      isOpen={isOpen}
      onClose={close}
      wide
      actions={
        <>
          {!isConflict && (
            <Button variant="quiet" onPress={close}>
              {propertyTexts.back}
            </Button>
          )}
          <Button variant="primary" isPending={isSaving} onPress={isConflict ? resolve : send}>
            {isConflict ? propertyTexts.back : propertyTexts.save}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-muted text-sm">{isConflict ? propertyTexts.conflictHelp : propertyTexts.reviewHelp}</p>
        {problem !== undefined && (
          <Banner tone="danger" role="alert">
            {problem}
          </Banner>
        )}
        {isConflict
          ? conflicts.map((conflict) => (
              <RadioCards
                key={conflict.name}
                label={conflict.name}
                value={kept.has(conflict.name) ? 'yours' : 'theirs'}
                onChange={(choice) =>
                  setKept((former) => {
                    const next = new Set(former)
                    if (choice === 'yours') next.add(conflict.name)
                    else next.delete(conflict.name)
                    return next
                  })
                }
                cards={(['theirs', 'yours'] as const).map((side) => ({
                  value: side,
                  title: propertyTexts.conflict[side],
                  text: conflict[side] ?? propertyTexts.conflict.absent,
                }))}
              />
            ))
          : changes.map((change) => <ChangeLine key={change.name} {...change} />)}
      </div>
    </Dialog>
  )
}

function ChangeLine({ name, was, value }: Change): ReactNode {
  const verb = was === null ? 'add' : value === null ? 'remove' : 'replace'
  return (
    <div className="grid grid-cols-[4rem_minmax(0,1fr)] gap-x-3 border-line border-t pt-2 font-mono text-sm">
      <span className={verb === 'remove' ? 'text-danger' : verb === 'add' ? 'text-ok' : 'text-info'}>
        {propertyTexts.verbs[verb]}
      </span>
      <div className="min-w-0 wrap-anywhere">
        <p className="font-medium">{name}</p>
        {was !== null && (
          <p className="text-muted">
            <del>{was === '' ? '""' : was}</del>
          </p>
        )}
        {value !== null && <p>{value === '' ? '""' : value}</p>}
      </div>
    </div>
  )
}
