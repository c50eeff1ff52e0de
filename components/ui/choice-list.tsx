'use client'

import { Check } from 'lucide-react'
import { ListBox, ListBoxItem } from 'react-aria-components'
import { cx } from './cx'
import { itemClass } from './floating'
import { Hanging } from './hanging'
import type { OpenedPlace } from './opener'
import type { Choice } from './select'

export interface ChoiceListProps extends OpenedPlace {
  readonly label: string
  readonly choices: readonly Choice<string>[]
  readonly value: string | null
  readonly onChange: (value: string) => void
}

/** As in React Aria's own Select: letting go chooses, and what is chosen already may be chosen again. */
const likeSelect = { shouldSelectOnPressUp: true, shouldFocusOnHover: true, allowDuplicateSelectionEvents: true }

/** What a select opens. */
export function ChoiceList({ id, isOpen, trigger, first, onClose, label, choices, value, onChange }: ChoiceListProps) {
  return (
    <Hanging
      as="Select"
      aria-label={label}
      isOpen={isOpen}
      trigger={trigger}
      onClose={onClose}
      placement="bottom start"
      className="min-w-(--trigger-width)"
    >
      <ListBox
        {...likeSelect}
        id={id}
        aria-label={label}
        autoFocus={first}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={value === null ? [] : [value]}
        onSelectionChange={(keys) => {
          const chosen = choices.find((choice) => keys !== 'all' && keys.has(choice.value))
          if (chosen !== undefined) onChange(chosen.value)
          onClose()
        }}
        className="max-h-80 overflow-auto p-1 outline-none"
      >
        {choices.map((choice) => (
          <ListBoxItem key={choice.value} id={choice.value} textValue={choice.label} className={itemClass}>
            {({ isSelected }) => (
              <>
                <Check className={cx('size-4 shrink-0 text-accent', !isSelected && 'invisible')} aria-hidden />
                <span className="min-w-0 flex-1">{choice.label}</span>
                {choice.hint !== undefined && <span className="text-muted text-xs">{choice.hint}</span>}
              </>
            )}
          </ListBoxItem>
        ))}
      </ListBox>
    </Hanging>
  )
}
