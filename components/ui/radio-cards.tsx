'use client'

import type { ReactNode } from 'react'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import { cx } from './cx'
import { FieldNotes, type FieldNotesProps } from './field'
import { labelClass } from './field-class'

export interface RadioCard<T extends string> {
  readonly value: T
  readonly title: string
  readonly text?: string
  readonly icon?: ReactNode
  /** The text should say why. */
  readonly isDisabled?: boolean
}

export interface RadioCardsProps<T extends string> extends FieldNotesProps {
  readonly label: string
  readonly cards: readonly RadioCard<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
}

/** A few exclusive choices, each with a sentence of what it means. */
export function RadioCards<T extends string>({ label, cards, value, onChange, help, error }: RadioCardsProps<T>) {
  return (
    <RadioGroup
      value={value}
      onChange={(next) => {
        const card = cards.find((candidate) => candidate.value === next)
        if (card !== undefined) onChange(card.value)
      }}
      isInvalid={error !== undefined}
      className="flex flex-col gap-1"
    >
      <Label className={labelClass}>{label}</Label>
      <div className={cx('grid grid-cols-1 gap-2', cards.length === 3 ? 'sm:grid-cols-3' : 'sm:grid-cols-2')}>
        {cards.map((card) => (
          <Radio
            key={card.value}
            value={card.value}
            isDisabled={card.isDisabled ?? false}
            className={cx(
              'group flex cursor-default items-start gap-2.5 rounded-md border border-line bg-raised p-2.5 transition-colors',
              'hovered:border-control chosen:border-accent chosen:bg-accent-soft off:opacity-50',
            )}
          >
            <span className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-control bg-raised group-data-selected:border-accent">
              <span className="size-2 rounded-full bg-accent opacity-0 transition-opacity group-data-selected:opacity-100" />
            </span>
            <span className="min-w-0">
              <span className="flex items-center gap-1.5 font-medium [&_svg]:size-4 [&_svg]:text-muted">
                {card.title}
                {card.icon}
              </span>
              {card.text !== undefined && <span className="block text-muted text-xs">{card.text}</span>}
            </span>
          </Radio>
        ))}
      </div>
      <FieldNotes help={help} error={error} />
    </RadioGroup>
  )
}
