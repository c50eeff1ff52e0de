'use client'

import { Trash2 } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { uploadTexts } from './messages'

export interface CancelDialogProps {
  /** of the image; null while nothing is asked */
  readonly name: string | null
  readonly onClose: () => void
  readonly onCancel: (options: { readonly keepsRecord: boolean }) => void
}

/** Asks what becomes of the record when its upload ends before its time. */
export function CancelDialog({ name, onClose, onCancel }: CancelDialogProps) {
  const choose = (keepsRecord: boolean) => () => {
    onCancel({ keepsRecord })
    onClose()
  }
  return (
    <Dialog
      title={uploadTexts.cancelTitle}
      role="alertdialog"
      isOpen={name !== null}
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={onClose}>
            {uploadTexts.keepUploading}
          </Button>
          <Button onPress={choose(true)}>{uploadTexts.keepRecord}</Button>
          <Button variant="danger" onPress={choose(false)}>
            <Trash2 aria-hidden />
            {uploadTexts.deleteRecord}
          </Button>
        </>
      }
    >
      <p>{name === null ? '' : uploadTexts.cancelText(name)}</p>
    </Dialog>
  )
}
