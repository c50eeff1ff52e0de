'use client'

import { FileUp, HardDrive, X } from 'lucide-react'
import { type DragEvent, useState } from 'react'
import { Bytes } from '@/components/ui/bytes'
import { cx } from '@/components/ui/cx'
import { IconButton } from '@/components/ui/icon-button'
import { FileButton } from './file-button'
import { rememberDropped } from './file-handles'
import { verdictTexts } from './verdict-messages'

export interface FileFieldProps {
  readonly file: File | null
  readonly onChange: (file: File | null) => void
  /** Several at once, the first of them first; without it one is taken. */
  readonly onSeveral?: (files: readonly File[]) => void
  readonly isDisabled?: boolean
}

/**
 * A place to drop a file, and a button for those who do not drag. Of plain elements: React Aria's drop zone also carries
 * things between widgets, and the words for that in every language.
 */
export function FileField({ file, onChange, onSeveral, isDisabled = false }: FileFieldProps) {
  const pick = (files: readonly File[]) => {
    const [first, ...others] = files
    if (first === undefined) return
    if (others.length > 0 && onSeveral !== undefined) onSeveral([first, ...others])
    else onChange(first)
  }
  const allowsMultiple = onSeveral !== undefined
  const [isOver, setOver] = useState(false)
  const allow = (event: DragEvent) => {
    if (isDisabled || !event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    setOver(true)
  }
  return (
    <section
      aria-label={verdictTexts.drop}
      onDragEnter={allow}
      onDragOver={allow}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setOver(false)
      }}
      onDrop={(event) => {
        if (isDisabled || event.dataTransfer.files.length === 0) return
        event.preventDefault()
        setOver(false)
        rememberDropped(event.dataTransfer)
        pick(Array.from(event.dataTransfer.files))
      }}
      className={cx(
        'rounded-md border border-dashed transition-colors',
        isOver ? 'border-accent bg-accent-soft' : 'border-control/70 bg-surface',
      )}
    >
      {file === null ? (
        <div className="flex flex-col items-center gap-3 px-4 py-8 text-center">
          <FileUp className="size-6 text-muted" aria-hidden />
          <div>
            <p className="font-medium">{verdictTexts.drop}</p>
            <p className="text-muted text-sm">{verdictTexts.dropHelp}</p>
          </div>
          <FileButton onFiles={pick} allowsMultiple={allowsMultiple} isDisabled={isDisabled}>
            {verdictTexts.choose}
          </FileButton>
        </div>
      ) : (
        <div className="flex items-center gap-2.5 px-3 py-2.5">
          <HardDrive className="size-5 shrink-0 text-muted" aria-hidden />
          <p className="min-w-0 flex-1">
            <span className="block truncate font-medium" title={file.name}>
              {file.name}
            </span>
            <span className="text-muted text-sm">
              <Bytes value={file.size} />
            </span>
          </p>
          <FileButton onFiles={pick} allowsMultiple={allowsMultiple} size="sm" isDisabled={isDisabled}>
            {verdictTexts.change}
          </FileButton>
          <IconButton
            label={verdictTexts.remove}
            size="sm"
            className="text-muted"
            isDisabled={isDisabled}
            onPress={() => onChange(null)}
          >
            <X aria-hidden />
          </IconButton>
        </div>
      )}
    </section>
  )
}
