'use client'

import { useEffect, useState } from 'react'
import { type Inspection, inspectSlices } from '@/lib/formats/inspector'

export type FileReading =
  | { readonly state: 'reading' }
  | { readonly state: 'done'; readonly inspection: Inspection }
  | { readonly state: 'failed' }

/** Reads the few places of a file that tell what it is; undefined without a file. */
export function useInspection(file: File | null): FileReading | undefined {
  const [found, setFound] = useState<{ readonly file: File; readonly reading: FileReading }>()
  useEffect(() => {
    if (file === null) return
    let isCurrent = true
    const say = (reading: FileReading) => {
      if (isCurrent) setFound({ file, reading })
    }
    inspectFile(file).then(
      (inspection) => say({ state: 'done', inspection }),
      () => say({ state: 'failed' }),
    )
    return () => {
      isCurrent = false
    }
  }, [file])
  if (file === null) return undefined
  return found?.file === file ? found.reading : { state: 'reading' }
}

function inspectFile(file: File): Promise<Inspection> {
  return inspectSlices(file.size, async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()))
}
