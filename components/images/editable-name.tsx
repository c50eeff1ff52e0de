'use client'

import { Pencil } from 'lucide-react'
import { type FormEvent, type KeyboardEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { TextInput } from '@/components/ui/field'
import { IconButton } from '@/components/ui/icon-button'
import type { ImageView } from '@/lib/images/view'
import { editTexts as texts } from './edit-messages'
import { imageName } from './image-columns'
import type { ImageChanges } from './use-image-actions'

const NAME_MAX = 255

export interface EditableNameProps {
  readonly image: ImageView
  readonly canEdit: boolean
  readonly changes: ImageChanges
  readonly isEditing: boolean
  readonly onEditing: (isEditing: boolean) => void
}

/** The name of an image as its page's heading, which becomes a field. */
export function EditableName({ image, canEdit, changes, isEditing, onEditing }: EditableNameProps) {
  if (isEditing) return <NameForm image={image} changes={changes} onDone={() => onEditing(false)} />
  return (
    <div className="flex items-start gap-1">
      <h1 className="min-w-0 font-semibold text-xl wrap-anywhere">{imageName(image)}</h1>
      {canEdit && (
        <IconButton label={texts.editName} size="sm" className="text-muted" onPress={() => onEditing(true)}>
          <Pencil aria-hidden />
        </IconButton>
      )}
    </div>
  )
}

interface NameFormProps {
  readonly image: ImageView
  readonly changes: ImageChanges
  readonly onDone: () => void
}

function NameForm({ image, changes, onDone }: NameFormProps) {
  const [name, setName] = useState(image.name ?? '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name !== (image.name ?? '')) {
      changes.apply(image.id, {
        title: name === '' ? texts.unnamed : texts.renamed(name),
        steps: [{ op: 'replace', path: '/name', value: name }],
        undo: [{ op: 'replace', path: '/name', value: image.name }],
        expected: { name: image.name },
      })
    }
    onDone()
  }
  return (
    <form onSubmit={submit} onKeyDown={onEscape(onDone)} className="flex max-w-xl items-end gap-1.5">
      <h1 className="sr-only">{imageName(image)}</h1>
      <TextInput
        label={texts.name}
        hideLabel
        value={name}
        onChange={setName}
        maxLength={NAME_MAX}
        autoComplete="off"
        autoFocus
        className="flex-1"
      />
      <Button variant="primary" type="submit">
        {texts.save}
      </Button>
      <Button variant="quiet" onPress={onDone}>
        {texts.cancel}
      </Button>
    </form>
  )
}

/** Leaves a field without what was typed. */
export function onEscape(leave: () => void) {
  return (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    leave()
  }
}
