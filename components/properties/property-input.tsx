'use client'

import { Checkbox } from '@/components/ui/checkbox'
import { TextInput } from '@/components/ui/field'
import { Select } from '@/components/ui/select'
import { Switch } from '@/components/ui/switch'
import type { PropertyDefinition } from '@/lib/metadefs/view'
import { propertyTexts } from './property-messages'
import { isTrue, parseList, writeList } from './property-value'

/** Longer texts get a field of several lines. */
const LINE_LENGTH = 60

export interface PropertyInputProps {
  readonly label: string
  readonly definition: PropertyDefinition | undefined
  readonly value: string
  readonly error?: string | undefined
  readonly onChange: (value: string) => void
}

/** The control that fits what a definition says; text where none does, or where the value is not of its kind. */
export function PropertyInput({ label, definition, value, error, onChange }: PropertyInputProps) {
  const common = { label, hideLabel: true, error } as const
  if (definition?.type === 'boolean') {
    return (
      <Switch aria-label={label} isSelected={isTrue(value)} onChange={(isOn) => onChange(isOn ? 'true' : 'false')}>
        <span className="text-muted text-sm">{isTrue(value) ? propertyTexts.on : propertyTexts.off}</span>
      </Switch>
    )
  }
  if (definition?.type === 'array' && definition.choices !== null) {
    return (
      <ListInput label={label} definition={definition} choices={definition.choices} value={value} onChange={onChange} />
    )
  }
  if (definition !== undefined && definition.choices !== null) {
    // A value that is none of the choices stays to be seen until another is chosen.
    const isForeign = value !== '' && !definition.choices.includes(value)
    const choices = isForeign ? [value, ...definition.choices] : definition.choices
    return (
      <Select
        {...common}
        choices={choices.map((choice) => ({ value: choice, label: choice === '' ? '–' : choice }))}
        value={value === '' && !choices.includes('') ? null : value}
        onChange={onChange}
        placeholder={propertyTexts.choose}
        className="max-w-80"
      />
    )
  }
  const isNumber = definition?.type === 'integer' || definition?.type === 'number'
  const isLong = value.length > LINE_LENGTH || value.includes('\n')
  return (
    <TextInput
      {...common}
      value={value}
      onChange={onChange}
      mono
      autoComplete="off"
      {...(isLong && { rows: 3 })}
      {...(isNumber && { inputMode: definition.type === 'integer' ? 'numeric' : 'decimal', className: 'max-w-40' })}
    />
  )
}

interface ListInputProps {
  readonly label: string
  readonly definition: PropertyDefinition
  readonly choices: readonly string[]
  readonly value: string
  readonly onChange: (value: string) => void
}

function ListInput({ label, definition: { operators }, choices, value, onChange }: ListInputProps) {
  const list = parseList(value)
  const toggle = (item: string, isOn: boolean) => {
    const items = [...choices, ...list.items.filter((one) => !choices.includes(one))].filter((one) =>
      one === item ? isOn : list.items.includes(one),
    )
    onChange(writeList({ operator: list.operator || (operators[0] ?? ''), items }))
  }
  return (
    <div className="flex flex-col gap-1.5">
      {operators.length > 1 && (
        <Select
          label={propertyTexts.operator}
          small
          choices={operators.map((operator) => ({
            value: operator,
            label: propertyTexts.operators[operator] ?? operator,
          }))}
          value={list.operator || (operators[0] ?? null)}
          onChange={(operator) => onChange(writeList({ ...list, operator }))}
          className="max-w-60"
        />
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: the label stands in the row already */}
      <div role="group" aria-label={label} className="flex max-h-48 flex-wrap gap-x-4 gap-y-1 overflow-y-auto">
        {[...choices, ...list.items.filter((item) => !choices.includes(item))].map((item) => (
          <Checkbox key={item} isSelected={list.items.includes(item)} onChange={(isOn) => toggle(item, isOn)}>
            <span className="font-mono text-sm">{item}</span>
          </Checkbox>
        ))}
      </div>
    </div>
  )
}
