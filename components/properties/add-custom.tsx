'use client'

import { Plus } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { TextInput } from '@/components/ui/field'
import { keyProblem, type Values } from './property-draft'
import { propertyTexts } from './property-messages'

/** A property that no definition describes. */
export function AddCustom({ values, onAdd }: { values: Values; onAdd: (key: string, value: string) => void }) {
  const [key, setKey] = useState('')
  const [value, setValue] = useState('')
  const [mistake, setMistake] = useState<string>()
  const add = () => {
    const problem = keyProblem(key.trim(), values)
    setMistake(problem)
    if (problem !== undefined) return
    onAdd(key.trim(), value)
    setKey('')
    setValue('')
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    add()
  }
  return (
    <li className="grid items-start gap-x-6 gap-y-1.5 py-2.5 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
      <TextInput
        label={propertyTexts.key}
        hideLabel
        placeholder={propertyTexts.key}
        value={key}
        onChange={(next) => {
          setKey(next)
          setMistake(undefined)
        }}
        onKeyDown={onKeyDown}
        error={mistake}
        maxLength={255}
        autoComplete="off"
        mono
      />
      <div className="flex gap-1.5">
        <TextInput
          label={propertyTexts.value}
          hideLabel
          placeholder={propertyTexts.value}
          value={value}
          onChange={setValue}
          onKeyDown={onKeyDown}
          autoComplete="off"
          mono
          className="flex-1"
        />
        <Button onPress={add}>
          <Plus aria-hidden />
          {propertyTexts.addCustom}
        </Button>
      </div>
    </li>
  )
}
