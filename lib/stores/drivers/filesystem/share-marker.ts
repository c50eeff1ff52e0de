import { constants } from 'node:fs'
import { z } from 'zod'
import { apiError } from '@/lib/errors/api-error'
import { newId } from '@/lib/runtime/ids'
import type { FileCalls } from './file-calls'
import { isMissing, systemErrorOf } from './filesystem-errors'
import type { FilesystemPaths } from './filesystem-paths'
import { syncFolder } from './filesystem-writer'

/** The file by which a share is known again, in the store's folder on it. */
export const MARKER_FILE = '.glimpse-store'

const markerSchema = z.object({ store: z.string(), marker: z.string().min(1) })

/** Remembers the markers of shares beyond the life of this process, for every node. */
export interface MarkerBook {
  recall(storeId: string, folder: string): Promise<string | undefined>
  /** Keeps the first that is told. */
  record(storeId: string, folder: string, marker: string): Promise<void>
}

export interface MarkerPlace {
  readonly calls: FileCalls
  readonly storeId: string
  /** the folder as configured, by which the book knows it */
  readonly folder: string
  /** the same folder as it is reached now */
  readonly paths: FilesystemPaths
  /** Makes the folder for attempts; called only on a share that is the store's, or becomes it. */
  prepare(): Promise<void>
}

/**
 * The marker of the share that the folder lies on. The first share gets one. Throws `store_unavailable`, and has
 * written nothing, when the share is not the one that the book knows, or is another store's.
 */
export async function knownMarker(place: MarkerPlace, book: MarkerBook): Promise<string> {
  const { storeId, folder } = place
  const expected = await book.recall(storeId, folder)
  const found = await readMarker(place)
  if (expected !== undefined) {
    requireMarker(place, found, expected)
    return expected
  }
  const marker = found ?? (await writeMarker(place))
  if (marker.store !== storeId) throw otherShare(place, `it has the marker of store ${marker.store}`)
  await book.record(storeId, folder, marker.marker)
  return marker.marker
}

/** Throws `store_unavailable` unless the share has this marker. */
export async function checkMarker(place: MarkerPlace, expected: string): Promise<void> {
  requireMarker(place, await readMarker(place), expected)
}

type Marker = z.infer<typeof markerSchema>

function requireMarker(place: MarkerPlace, found: Marker | undefined, expected: string): void {
  if (found?.store === place.storeId && found.marker === expected) return
  const content = JSON.stringify({ store: place.storeId, marker: expected })
  throw otherShare(place, `its file ${MARKER_FILE} should be ${content}`)
}

async function readMarker({ calls, paths }: MarkerPlace): Promise<Marker | undefined> {
  let text: string
  try {
    text = await calls.readText(`${paths.root}/${MARKER_FILE}`)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  try {
    return markerSchema.parse(JSON.parse(text))
  } catch {
    // Something else lies there; it is nobody's marker and must not be replaced.
    return { store: '(unreadable)', marker: '(unreadable)' }
  }
}

/** Whole or not at all, and never over another's; what a crash leaves is swept up as an attempt that nobody owns. */
async function writeMarker(place: MarkerPlace): Promise<Marker> {
  const { calls, paths, storeId } = place
  const marker: Marker = { store: storeId, marker: newId() }
  await place.prepare()
  const partial = paths.partial(newId(), newId())
  const file = await calls.open(partial, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o644)
  try {
    const text = Buffer.from(`${JSON.stringify(marker)}\n`)
    await file.write(text, 0, text.byteLength, 0)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await calls.link(partial, `${paths.root}/${MARKER_FILE}`)
    await syncFolder(calls, paths.root)
    return marker
  } catch (error) {
    if (systemErrorOf(error)?.code !== 'EEXIST') throw error
    return (await readMarker(place)) ?? marker
  } finally {
    await calls.unlink(partial)
  }
}

function otherShare({ storeId, folder }: MarkerPlace, reason: string): Error {
  return apiError('store_unavailable', {
    public: `Store ${storeId} is unavailable: another share than its own is mounted`,
    detail: { storeId, folder, reason },
  })
}
