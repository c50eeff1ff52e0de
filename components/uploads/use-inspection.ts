'use client'

import { useEffect, useState } from 'react'
import { whenUsed } from '@/components/ui/lazy-part'
import type { Inspection } from '@/lib/formats/inspector'

const loadInspector = () => import('@/lib/formats/inspector')
const loadMap = () => import('@/lib/formats/qcow2-map')
whenUsed(loadInspector)
whenUsed(loadMap)

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

async function inspectFile(file: File): Promise<Inspection> {
  const { inspectSlices } = await loadInspector()
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
    loadMap()
      .then(({ qcow2DataBytes }) => qcow2DataBytes(file.size, sliceOf(file)))
      .then(
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
