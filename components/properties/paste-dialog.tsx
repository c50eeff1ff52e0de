'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextInput } from '@/components/ui/field'
import type { Values } from './property-draft'
import { propertyTexts } from './property-messages'
import { parsePasted } from './property-value'

export interface PasteDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onApply: (values: Values) => void
}

/** Takes over many properties at once, as lines or as JSON. */
export function PasteDialog({ isOpen, onClose, onApply }: PasteDialogProps) {
  const [text, setText] = useState('')
  const [mistake, setMistake] = useState<string>()
  const apply = () => {
    const { values, mistake: found } = parsePasted(text)
    setMistake(found)
    if (values === undefined) return
    onApply(values)
    setText('')
    onClose()
  }
  return (
    <Dialog
      title={propertyTexts.pasteTitle}
      isOpen={isOpen}
      onClose={onClose}
      wide
      actions={
        <Button variant="primary" onPress={apply} isDisabled={text.trim() === ''}>
          {propertyTexts.pasteApply}
        </Button>
      }
    >
      <TextInput
        label={propertyTexts.pasteField}
        help={propertyTexts.pasteHelp}
        error={mistake}
        value={text}
        onChange={(next) => {
          setText(next)
          setMistake(undefined)
        }}
        rows={10}
        mono
        autoFocus
      />
    </Dialog>
  )
}
