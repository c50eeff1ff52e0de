'use client'

import { FileUp, HardDrive, X } from 'lucide-react'
import { DropZone, FileTrigger, isFileDropItem } from 'react-aria-components'
import { Button, IconButton } from '@/components/ui/button'
import { Bytes } from '@/components/ui/bytes'
import { cx } from '@/components/ui/cx'
import { verdictTexts } from './verdict-messages'

export interface FileFieldProps {
  readonly file: File | null
  readonly onChange: (file: File | null) => void
  readonly isDisabled?: boolean
}

/** A place to drop a file, and a button for those who do not drag. */
export function FileField({ file, onChange, isDisabled = false }: FileFieldProps) {
  const pick = (files: FileList | null) => {
    const first = files?.[0]
    if (first !== undefined) onChange(first)
  }
  return (
    <DropZone
      aria-label={verdictTexts.drop}
      isDisabled={isDisabled}
      getDropOperation={() => 'copy'}
      onDrop={(event) => {
        const item = event.items.find(isFileDropItem)
        if (item !== undefined) void item.getFile().then(onChange)
      }}
      className={({ isDropTarget }) =>
        cx(
          'rounded-md border border-dashed transition-colors',
          isDropTarget ? 'border-accent bg-accent-soft' : 'border-control/70 bg-surface',
        )
      }
    >
      {file === null ? (
        <div className="flex flex-col items-center gap-3 px-4 py-8 text-center">
          <FileUp className="size-6 text-muted" aria-hidden />
          <div>
            <p className="font-medium">{verdictTexts.drop}</p>
            <p className="text-muted text-sm">{verdictTexts.dropHelp}</p>
          </div>
          <FileTrigger onSelect={pick}>
            <Button isDisabled={isDisabled}>{verdictTexts.choose}</Button>
          </FileTrigger>
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
          <FileTrigger onSelect={pick}>
            <Button size="sm" isDisabled={isDisabled}>
              {verdictTexts.change}
            </Button>
          </FileTrigger>
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
    </DropZone>
  )
}
