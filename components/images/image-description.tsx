'use client'

import { type FormEvent, useState } from 'react'
import { Button } from '@/components/ui/button'
import { TextInput } from '@/components/ui/field'
import { editTexts as texts } from './edit-messages'
import { onEscape } from './editable-name'
import { useImageActions } from './use-image-actions'
import type { ImageActions, ImageItem, PatchStep } from './view'

export interface ImageDescriptionProps {
  readonly item: ImageItem
  /** false where property protections keep it from the reader */
  readonly canEdit: boolean
  readonly actions: ImageActions
}

/** What people say about an image: its property `description`, edited where it stands. */
export function ImageDescription({ item, canEdit, actions }: ImageDescriptionProps) {
  const { image } = item
  const was = image.properties.description ?? null
  const changes = useImageActions(actions)
  const [draft, setDraft] = useState<string | null>(null)
  const save = (event: FormEvent) => {
    event.preventDefault()
    const value = draft?.trim() === '' ? null : draft
    if (value !== was) {
      changes.apply(image.id, {
        title: texts.described,
        steps: stepsTo(value, was),
        undo: stepsTo(was, value),
        expected: { description: was },
      })
    }
    setDraft(null)
  }
  if (was === null && !canEdit) return null
  return (
    <section aria-label={texts.description} className="max-w-prose">
      {draft === null ? (
        <div className="flex items-start gap-2">
          <p className={was === null ? 'py-1 text-muted' : 'min-w-0 py-1 whitespace-pre-wrap wrap-anywhere'}>
            {was ?? texts.noDescription}
          </p>
          {canEdit && (
            <Button size="sm" variant="quiet" className="text-accent!" onPress={() => setDraft(was ?? '')}>
              {was === null ? texts.addDescription : texts.editDescription}
            </Button>
          )}
        </div>
      ) : (
        <form onSubmit={save} onKeyDown={onEscape(() => setDraft(null))} className="flex flex-col gap-2">
          <TextInput label={texts.description} value={draft} onChange={setDraft} rows={3} autoFocus />
          <div className="flex gap-2">
            <Button variant="primary" size="sm" type="submit">
              {texts.save}
            </Button>
            <Button variant="quiet" size="sm" onPress={() => setDraft(null)}>
              {texts.cancel}
            </Button>
          </div>
        </form>
      )}
    </section>
  )
}

function stepsTo(value: string | null, was: string | null): readonly PatchStep[] {
  const path = '/description'
  if (value === null) return [{ op: 'remove', path }]
  return [{ op: was === null ? 'add' : 'replace', path, value }]
}
