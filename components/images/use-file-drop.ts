'use client'

import { useEffect, useRef } from 'react'
import { rememberDropped } from '@/components/uploads/file-handles'

/** Takes files that are dropped beside a drop zone, or pasted, as if they had been dropped there. */
export function useFileDrop(onFiles: (files: readonly File[]) => void): void {
  const latest = useRef(onFiles)
  latest.current = onFiles
  useEffect(() => {
    const take = (event: Event, transfer: DataTransfer | null) => {
      const files = Array.from(transfer?.files ?? [])
      if (files.length === 0 || event.defaultPrevented) return
      event.preventDefault()
      if (transfer !== null) rememberDropped(transfer)
      latest.current(files)
    }
    // Else the browser leaves the page to show the file.
    const allow = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
    }
    const drop = (event: DragEvent) => take(event, event.dataTransfer)
    const paste = (event: ClipboardEvent) => take(event, event.clipboardData)
    window.addEventListener('dragover', allow)
    window.addEventListener('drop', drop)
    window.addEventListener('paste', paste)
    return () => {
      window.removeEventListener('dragover', allow)
      window.removeEventListener('drop', drop)
      window.removeEventListener('paste', paste)
    }
  }, [])
}
