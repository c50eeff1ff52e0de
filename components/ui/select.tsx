'use client'

import { ChevronDown, CircleAlert } from 'lucide-react'
import { useId, useRef } from 'react'
import { Button, type ButtonProps } from 'react-aria-components'
import { cx } from './cx'
import type { FieldNotesProps } from './field'
import { controlClass, labelClass } from './field-class'
import { lazyPart } from './lazy-part'
import { Opener } from './opener'

const ChoiceList = lazyPart(async () => (await import('./choice-list')).ChoiceList)

export interface Choice<T extends string> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

export interface SelectProps<T extends string> extends FieldNotesProps {
  readonly label: string
  readonly hideLabel?: boolean
  readonly choices: readonly Choice<T>[]
  /** null: nothing chosen yet */
  readonly value: T | null
  readonly onChange: (value: T) => void
  readonly placeholder?: string
  readonly isDisabled?: boolean
  readonly small?: boolean
  readonly className?: string
}

/** A button that shows what is chosen, and opens the choices. */
export function Select<T extends string>(props: SelectProps<T>) {
  const { label, hideLabel, choices, value, onChange, placeholder, isDisabled, small, help, error, className } = props
  const id = useId()
  const chosen = choices.find((choice) => choice.value === value)
  const choose = (next: string | undefined) => {
    const choice = choices.find((candidate) => candidate.value === next)
    if (choice !== undefined) onChange(choice.value)
  }
  const notes = cx(help !== undefined && `${id}-help`, error !== undefined && `${id}-error`)
  const onKeyDown = useClosedKeys(choices, chosen, choose)
  return (
    <div className={cx('flex min-w-0 flex-col gap-1', className)}>
      <label id={`${id}-label`} htmlFor={id} className={hideLabel ? 'sr-only' : labelClass}>
        {label}
      </label>
      <Opener
        kind="listbox"
        trigger={
          <Button
            id={id}
            aria-labelledby={`${id}-value ${id}-label`}
            {...(notes !== '' && { 'aria-describedby': notes })}
            isDisabled={isDisabled ?? false}
            onKeyDown={onKeyDown}
            {...(error !== undefined && { 'data-invalid': true })}
            className={cx(
              controlClass,
              'flex cursor-default items-center justify-between gap-2',
              small ? 'h-8 px-2 text-sm md:h-7' : 'h-9 px-2.5 text-base md:h-8',
            )}
          >
            <span id={`${id}-value`} className={cx('truncate', chosen === undefined && 'text-muted')}>
              {chosen?.label ?? placeholder}
            </span>
            <ChevronDown className="size-4 shrink-0 text-muted" aria-hidden />
          </Button>
        }
      >
        {(place) => <ChoiceList {...place} label={label} choices={choices} value={value} onChange={choose} />}
      </Opener>
      {help !== undefined && (
        <span id={`${id}-help`} className="text-muted text-xs">
          {help}
        </span>
      )}
      {error !== undefined && (
        <span id={`${id}-error`} className="flex items-start gap-1 text-danger text-xs">
          <CircleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
          <span>{error}</span>
        </span>
      )}
    </div>
  )
}

const TYPING_MS = 1000

/** What a browser's own select does while its list is closed: left and right go through it, letters look for a choice. */
function useClosedKeys(
  choices: readonly Choice<string>[],
  chosen: Choice<string> | undefined,
  choose: (value: string | undefined) => void,
): NonNullable<ButtonProps['onKeyDown']> {
  const typed = useRef({ text: '', atMs: 0 })
  return ({ key, ctrlKey, metaKey, altKey }) => {
    if (ctrlKey || metaKey || altKey) return
    const index = chosen === undefined ? -1 : choices.indexOf(chosen)
    if (key === 'ArrowLeft') choose(choices[Math.max(0, index - 1)]?.value)
    else if (key === 'ArrowRight') choose(choices[index + 1]?.value)
    else if (key.length === 1 && key !== ' ') {
      const { text, atMs } = typed.current
      const now = Date.now()
      typed.current = { text: (now - atMs < TYPING_MS ? text : '') + key.toLowerCase(), atMs: now }
      choose(choices.find(({ label }) => label.toLowerCase().startsWith(typed.current.text))?.value)
    }
  }
}
