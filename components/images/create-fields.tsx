'use client'

import { Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { Checkbox } from '@/components/ui/checkbox'
import { TextInput } from '@/components/ui/field'
import { RadioCards } from '@/components/ui/radio-cards'
import type { Visibility } from '@/lib/images/view'
import type { CreateDraft, DraftErrors, PropertyRow } from './create-draft'
import { createTexts } from './create-messages'
import { imageTexts } from './messages'
import { PropertyRows } from './property-rows'
import { visibilityIcons } from './status-tag'
import { TagInput, TagList } from './tag-field'

interface FormSectionProps {
  /** that Alt and a number lead to */
  readonly id: CreateSection
  readonly title: string
  readonly help?: string
  readonly children: ReactNode
}

/** In the order in which they stand. */
export const createSections = ['source', 'describe', 'access', 'place'] as const
export type CreateSection = (typeof createSections)[number]

export function FormSection({ id, title, help, children }: FormSectionProps) {
  return (
    <section className="flex scroll-mt-16 flex-col gap-3">
      <header>
        <h2 id={`section-${id}`} tabIndex={-1} className="font-semibold text-lg">
          {title}
        </h2>
        {help !== undefined && <p className="text-muted text-sm">{help}</p>}
      </header>
      {children}
    </section>
  )
}

interface FieldsProps {
  readonly draft: CreateDraft
  readonly errors: DraftErrors
  readonly onChange: (change: Partial<CreateDraft>) => void
}

type Suggestion = Pick<PropertyRow, 'name' | 'value'>

export interface DescriptionFieldsProps extends FieldsProps {
  /** Properties that the file's name hints at. */
  readonly suggestions: readonly Suggestion[]
  readonly onSuggestion: (suggestion: Suggestion) => void
}

export function DescriptionFields({ draft, errors, suggestions, onChange, onSuggestion }: DescriptionFieldsProps) {
  const open = suggestions.filter(({ name }) => !draft.properties.some((row) => row.name.trim() === name))
  return (
    <FormSection id="describe" title={createTexts.describe}>
      <TextInput
        label={createTexts.name}
        help={createTexts.nameHelp}
        value={draft.name}
        onChange={(name) => onChange({ name })}
        error={errors.name}
        autoComplete="off"
      />
      <div className="flex flex-col gap-2">
        <TagInput
          label={createTexts.tags}
          help={createTexts.tagsHelp}
          onAdd={(added) => onChange({ tags: [...new Set([...draft.tags, ...added])] })}
        />
        <TagList tags={draft.tags} onRemove={(tag) => onChange({ tags: draft.tags.filter((one) => one !== tag) })} />
      </div>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-0.5 font-medium text-sm">{createTexts.properties}</legend>
        <p className="text-muted text-xs">{createTexts.propertiesHelp}</p>
        {open.length > 0 && (
          <p className="flex flex-wrap items-center gap-1.5 text-muted text-sm">
            {createTexts.suggested}
            {open.map((suggestion) => (
              <Button key={suggestion.name} size="sm" onPress={() => onSuggestion(suggestion)}>
                <Plus aria-hidden />
                <span className="font-mono">
                  {suggestion.name}={suggestion.value}
                </span>
              </Button>
            ))}
          </p>
        )}
        <PropertyRows rows={draft.properties} errors={errors} onChange={(properties) => onChange({ properties })} />
      </fieldset>
    </FormSection>
  )
}

export interface AccessFieldsProps extends FieldsProps {
  readonly visibilities: readonly Visibility[]
}

export function AccessFields({ draft, errors, visibilities, onChange }: AccessFieldsProps) {
  return (
    <FormSection id="access" title={createTexts.access}>
      <RadioCards
        label={createTexts.visibility}
        cards={visibilities.map((value) => {
          const Icon = visibilityIcons[value]
          return {
            value,
            title: imageTexts.visibility[value],
            text: imageTexts.visibilityHelp[value],
            icon: <Icon aria-hidden />,
          }
        })}
        value={draft.visibility}
        onChange={(visibility) => onChange({ visibility })}
      />
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <TextInput
          label={createTexts.minDisk}
          suffix="GiB"
          inputMode="numeric"
          value={draft.minDiskGib}
          onChange={(minDiskGib) => onChange({ minDiskGib })}
          error={errors.minDiskGib}
          help={createTexts.minHelp}
        />
        <TextInput
          label={createTexts.minRam}
          suffix="MiB"
          inputMode="numeric"
          value={draft.minRamMib}
          onChange={(minRamMib) => onChange({ minRamMib })}
          error={errors.minRamMib}
        />
      </div>
      <Checkbox isSelected={draft.isProtected} onChange={(isProtected) => onChange({ isProtected })}>
        {createTexts.protected}
      </Checkbox>
    </FormSection>
  )
}
