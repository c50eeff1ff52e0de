'use client'

import { Check, ChevronDown } from 'lucide-react'
import { Select as AriaSelect, Button, Label, ListBox, ListBoxItem, Popover, SelectValue } from 'react-aria-components'
import { cx } from './cx'
import { controlClass, FieldNotes, type FieldNotesProps, labelClass } from './field'
import { floatingClass, itemClass } from './floating'

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

export function Select<T extends string>(props: SelectProps<T>) {
  const { label, hideLabel, choices, value, onChange, placeholder, isDisabled, small, help, error, className } = props
  return (
    <AriaSelect
      value={value}
      onChange={(key) => {
        const choice = choices.find((candidate) => candidate.value === key)
        if (choice !== undefined) onChange(choice.value)
      }}
      isDisabled={isDisabled ?? false}
      isInvalid={error !== undefined}
      {...(placeholder !== undefined && { placeholder })}
      className={cx('flex min-w-0 flex-col gap-1', className)}
    >
      <Label className={hideLabel ? 'sr-only' : labelClass}>{label}</Label>
      <Button
        className={cx(
          controlClass,
          'flex cursor-default items-center justify-between gap-2',
          small ? 'h-8 px-2 text-sm md:h-7' : 'h-9 px-2.5 text-base md:h-8',
        )}
      >
        {/* The chosen item is mirrored here without its mark and hint. */}
        <SelectValue className="truncate data-[placeholder]:text-muted [&_[slot=description]]:hidden [&_svg]:hidden" />
        <ChevronDown className="size-4 shrink-0 text-muted" aria-hidden />
      </Button>
      <FieldNotes help={help} error={error} />
      <Popover className={cx(floatingClass, 'min-w-(--trigger-width)')}>
        <ListBox className="max-h-80 overflow-auto p-1 outline-none">
          {choices.map((choice) => (
            <ListBoxItem key={choice.value} id={choice.value} textValue={choice.label} className={itemClass}>
              {({ isSelected }) => (
                <>
                  <Check className={cx('size-4 shrink-0 text-accent', !isSelected && 'invisible')} aria-hidden />
                  <span className="min-w-0 flex-1">{choice.label}</span>
                  {choice.hint !== undefined && (
                    <span slot="description" className="text-muted text-xs">
                      {choice.hint}
                    </span>
                  )}
                </>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}
