'use client'

import { Plus, X } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { cx } from '@/components/ui/cx'
import { TextInput } from '@/components/ui/field'
import { createTexts } from './create-messages'

/** Below a label's line, so that a button stands level with the control. */
const besideControl = 'mt-[calc(var(--text-sm)*1.45+0.25rem)]'

export interface TagListProps {
  readonly tags: readonly string[]
  /** Absent: the tags can only be read. */
  readonly onRemove?: (tag: string) => void
}

export function TagList({ tags, onRemove }: TagListProps) {
  if (tags.length === 0) return null
  return (
    <ul aria-label={createTexts.tags} className="flex flex-wrap gap-1.5">
      {tags.map((tag) => (
        <li
          key={tag}
          className="inline-flex min-h-7 min-w-0 max-w-full items-center rounded-md border border-line bg-surface text-sm"
        >
          <span className="min-w-0 truncate px-2" title={tag}>
            {tag}
          </span>
          {onRemove !== undefined && (
            <Button
              variant="quiet"
              size="sm"
              aria-label={createTexts.removeTag(tag)}
              className="-ml-1.5 h-7! px-1.5! text-muted"
              onPress={() => onRemove(tag)}
            >
              <X className="size-3.5!" aria-hidden />
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}

export interface TagInputProps {
  readonly label: string
  readonly hideLabel?: boolean
  readonly help?: string
  readonly onAdd: (tags: readonly string[]) => void
}

/** The tags that a text names, parted by commas or lines. */
export function tagsIn(text: string): readonly string[] {
  return text.split(/[,\n]/).flatMap((part) => part.trim() || [])
}

/** Enter or a comma ends a tag; pasted lists become several. */
export function TagInput({ label, hideLabel = false, help, onAdd }: TagInputProps) {
  const [text, setText] = useState('')
  const add = () => {
    const tags = tagsIn(text)
    if (tags.length > 0) onAdd(tags)
    setText('')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || (event.key !== 'Enter' && event.key !== ',')) return
    event.preventDefault()
    add()
  }
  return (
    <div className="flex items-start gap-1.5">
      <TextInput
        label={label}
        hideLabel={hideLabel}
        {...(help !== undefined && { help })}
        placeholder={createTexts.addTag}
        value={text}
        onChange={setText}
        onKeyDown={onKeyDown}
        maxLength={255}
        autoComplete="off"
        className="flex-1"
      />
      <Button
        aria-label={createTexts.addTag}
        onPress={add}
        isDisabled={text.trim() === ''}
        className={cx('px-2', !hideLabel && besideControl)}
      >
        <Plus aria-hidden />
      </Button>
    </div>
  )
}
