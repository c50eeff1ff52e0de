import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { SavedHash } from './blob-source'

/** What a browser keeps of an upload, so that it goes on after the tab, the browser or the machine was gone. */
export interface UploadRecord {
  readonly imageId: string
  readonly path: string
  readonly name: string
  readonly fileName: string
  readonly sizeBytes: number
  readonly fingerprint: string
  /** taken by the server when this was written */
  readonly offsetBytes: number
  readonly hash: SavedHash | null
  /** of the file, where the browser gives handles; records of older pages have none */
  readonly handle?: FileSystemFileHandle | null
  /** milliseconds since 1970 */
  readonly writtenAt: number
}

interface Schema extends DBSchema {
  uploads: { key: string; value: UploadRecord }
}

function open() {
  return openDB<Schema>('glimpse-uploads', 1, {
    upgrade: (database) => void database.createObjectStore('uploads', { keyPath: 'imageId' }),
  })
}

/** Newest first; none where the browser keeps nothing, as in some private windows. */
export async function readRecords(): Promise<readonly UploadRecord[]> {
  const records = await tryWith((database) => database.getAll('uploads'))
  return (records ?? []).toSorted((one, other) => other.writtenAt - one.writtenAt)
}

export async function writeRecord(record: UploadRecord): Promise<void> {
  const put = (kept: UploadRecord) => tryWith((database) => database.put('uploads', kept))
  const isKept = (await put(record)) !== undefined
  // A browser that does not keep handles keeps the rest.
  if (!isKept && record.handle) await put({ ...record, handle: null })
}

export async function removeRecord(imageId: string): Promise<void> {
  await tryWith((database) => database.delete('uploads', imageId))
}

/** Without a database an upload goes on all the same, only not after a reload. */
async function tryWith<T>(use: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T | undefined> {
  try {
    const database = await open()
    try {
      return await use(database)
    } finally {
      database.close()
    }
  } catch {
    return undefined
  }
}
