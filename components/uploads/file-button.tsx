'use client'

import { useRef } from 'react'
import { Button, type ButtonProps } from '@/components/ui/button'
import { canPickFiles, pickFiles } from './file-handles'

export interface FileButtonProps extends Omit<ButtonProps, 'onPress'> {
  readonly onFiles: (files: readonly File[]) => void
  readonly allowsMultiple?: boolean
}

/** A button that chooses files, by the browser's picker of handles where there is one, else by a field for files. */
export function FileButton({ onFiles, allowsMultiple = false, ...button }: FileButtonProps) {
  const field = useRef<HTMLInputElement>(null)
  const take = (files: readonly File[]) => {
    if (files.length > 0) onFiles(files)
  }
  const openField = () => {
    if (field.current === null) return
    // Else the same file could not be chosen twice.
    field.current.value = ''
    field.current.click()
  }
  return (
    <>
      <Button
        {...button}
        onPress={() => {
          if (canPickFiles()) pickFiles({ multiple: allowsMultiple }).then(take, openField)
          else openField()
        }}
      />
      <input
        ref={field}
        type="file"
        hidden
        multiple={allowsMultiple}
        onChange={({ target }) => take(Array.from(target.files ?? []))}
      />
    </>
  )
}
