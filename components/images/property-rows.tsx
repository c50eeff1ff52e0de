'use client'

import { Plus, X } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { TextInput } from '@/components/ui/field'
import { IconButton } from '@/components/ui/icon-button'
import { type DraftErrors, nextKey, type PropertyRow } from './create-draft'
import { createTexts } from './create-messages'

export interface PropertyRowsProps {
  readonly rows: readonly PropertyRow[]
  readonly errors: DraftErrors
  readonly onChange: (rows: readonly PropertyRow[]) => void
}

/** Custom properties of a new image, one a row. */
export function PropertyRows({ rows, errors, onChange }: PropertyRowsProps) {
  const patch = (key: number, change: Partial<PropertyRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...change } : row)))
  return (
    <div className="flex flex-col gap-2">
      {rows.map((row) => {
        const error = errors[`property-${row.key}`]
        return (
          <div key={row.key} className="flex items-start gap-2">
            <TextInput
              label={createTexts.propertyName}
              hideLabel
              placeholder={createTexts.propertyName}
              value={row.name}
              onChange={(name) => patch(row.key, { name })}
              error={error}
              mono
              autoComplete="off"
              className="flex-1"
            />
            <TextInput
              label={createTexts.propertyValue}
              hideLabel
              placeholder={createTexts.propertyValue}
              value={row.value}
              onChange={(value) => patch(row.key, { value })}
              mono
              autoComplete="off"
              className="flex-1"
            />
            <IconButton
              label={createTexts.removeProperty(row.name)}
              className="text-muted"
              onPress={() => onChange(rows.filter(({ key }) => key !== row.key))}
            >
              <X aria-hidden />
            </IconButton>
          </div>
        )
      })}
      <Button
        variant="secondary"
        size="sm"
        className="self-start"
        onPress={() => onChange([...rows, { key: nextKey(rows), name: '', value: '' }])}
      >
        <Plus aria-hidden />
        {createTexts.addProperty}
      </Button>
    </div>
  )
}
