'use client'

import { type FormEvent, useState } from 'react'
import { keyProblem } from '@/components/properties/property-draft'
import { Button } from '@/components/ui/button'
import { TextInput } from '@/components/ui/field'
import { labelClass } from '@/components/ui/field-class'
import { RadioCards } from '@/components/ui/radio-cards'
import type { Visibility } from '@/lib/images/view'
import type { Ask, BulkAct, Present } from './bulk-act'
import { bulkTexts } from './bulk-messages'
import { imageTexts } from './messages'
import { tagsIn } from './tag-field'

export const actFormId = 'act-form'
const { form: texts } = bulkTexts
const namesShown = 12

const nothing: Present = { tags: [], properties: [], visibilities: [] }

export interface ActFormProps {
  readonly ask: Ask
  readonly present: Present | undefined
  readonly onAct: (act: BulkAct) => void
}

/** Asks what is to be added, removed or set. */
export function ActForm({ ask, present = nothing, onAct }: ActFormProps) {
  const [first, setFirst] = useState('')
  const [value, setValue] = useState('')
  const [visibility, setVisibility] = useState<Visibility>(present.visibilities[0] ?? 'private')
  const [mistake, setMistake] = useState<string>()
  const isProperty = ask === 'setProperty' || ask === 'removeProperty'

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const name = first.trim()
    const problem = problemWith(ask, name)
    setMistake(problem)
    if (problem !== undefined) return
    if (ask === 'addTags') onAct({ kind: ask, tags: tagsIn(first) })
    else if (ask === 'removeTag') onAct({ kind: ask, tag: name })
    else if (ask === 'setProperty') onAct({ kind: ask, name, value })
    else if (ask === 'removeProperty') onAct({ kind: ask, name })
    else onAct({ kind: ask, visibility })
  }
  const change = (next: string) => {
    setFirst(next)
    setMistake(undefined)
  }

  return (
    <form id={actFormId} onSubmit={submit} className="flex flex-col gap-3">
      {ask === 'setVisibility' ? (
        <RadioCards
          label={texts.visibility}
          value={visibility}
          onChange={setVisibility}
          cards={present.visibilities.map((one) => ({
            value: one,
            title: imageTexts.visibility[one],
            text: imageTexts.visibilityHelp[one],
          }))}
        />
      ) : (
        <TextInput
          label={isProperty ? texts.name : ask === 'addTags' ? texts.tags : texts.tag}
          {...(ask === 'addTags' && { help: texts.tagsHelp })}
          value={first}
          onChange={change}
          error={mistake}
          maxLength={ask === 'addTags' ? 4000 : 255}
          autoComplete="off"
          autoFocus
          mono={isProperty}
        />
      )}
      {ask === 'setProperty' && (
        <TextInput label={texts.value} help={texts.setHelp} value={value} onChange={setValue} autoComplete="off" mono />
      )}
      {ask === 'removeTag' && <Choices names={present.tags} onChoose={change} />}
      {ask === 'removeProperty' && <Choices names={present.properties} onChoose={change} />}
    </form>
  )
}

function problemWith(ask: Ask, name: string): string | undefined {
  if (ask === 'setVisibility') return undefined
  if (ask === 'setProperty' || ask === 'removeProperty') return keyProblem(name, {})
  return (ask === 'addTags' ? tagsIn(name).length : name.length) === 0 ? texts.empty : undefined
}

function Choices({ names, onChoose }: { names: readonly string[]; onChoose: (name: string) => void }) {
  if (names.length === 0) return null
  return (
    <fieldset>
      <legend className={labelClass}>{texts.present}</legend>
      <div className="flex flex-wrap gap-1.5 pt-1">
        {names.slice(0, namesShown).map((name) => (
          <Button
            key={name}
            size="sm"
            aria-label={texts.choose(name)}
            className="max-w-full overflow-hidden"
            onPress={() => onChoose(name)}
          >
            <span className="truncate">{name}</span>
          </Button>
        ))}
      </div>
    </fieldset>
  )
}
