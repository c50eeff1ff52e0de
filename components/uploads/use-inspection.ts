'use client'

import { useEffect, useState } from 'react'
import { type Inspection, inspectSlices } from '@/lib/formats/inspector'
import { qcow2DataBytes } from '@/lib/formats/qcow2-map'

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
  return inspectSlices(file.size, sliceOf(file))
}

const sliceOf = (file: File) => async (start: number, end: number) =>
  new Uint8Array(await file.slice(start, end).arrayBuffer())

/** How much of the disk in a file holds data; undefined while or where that is not known. */
export function useDataBytes(file: File | null, format: Inspection['format'] | undefined): number | undefined {
  const [found, setFound] = useState<{ readonly file: File; readonly bytes: number | undefined }>()
  useEffect(() => {
    if (file === null || format !== 'qcow2') return
    let isCurrent = true
    qcow2DataBytes(file.size, sliceOf(file)).then(
      (bytes) => {
        if (isCurrent) setFound({ file, bytes })
      },
      () => {},
    )
    return () => {
      isCurrent = false
    }
  }, [file, format])
  return found?.file === file ? found.bytes : undefined
}
