import { resolve } from 'node:path'
import { logger } from '@/lib/runtime/logger'
import { FilesystemFolder, type FolderRules } from './filesystem-folder'

export interface FolderSettings extends FolderRules {
  /** one or more; absolute, made when absent; of a path that is named twice the first counts */
  readonly folders: readonly { readonly path: string; readonly priority: number }[]
}

/** Folders by priority, highest first. */
export function openFolders({ folders, ...rules }: FolderSettings): readonly FilesystemFolder[] {
  const { storeId } = rules
  const byPath = new Map<string, FilesystemFolder>()
  for (const folder of folders) {
    const path = resolve(folder.path)
    if (byPath.has(path)) logger().warn({ storeId, folder: path }, 'a folder is named twice')
    else byPath.set(path, new FilesystemFolder({ ...rules, ...folder, path }))
  }
  return [...byPath.values()].sort((a, b) => b.priority - a.priority)
}

/**
 * The folders that have room for so many bytes (0: unknown), best first: the highest priority, and of equals the one
 * with most free. A folder is not even asked while one of a higher priority is enough; one that does not tell what it
 * has is passed over, and named to `pass`.
 */
export async function* foldersWithRoom(
  folders: readonly FilesystemFolder[],
  sizeBytes: number,
  pass: (folder: FilesystemFolder, error: unknown) => void,
): AsyncGenerator<FilesystemFolder> {
  for (const priority of new Set(folders.map((folder) => folder.priority))) {
    const equals = folders.filter((folder) => folder.priority === priority)
    const rooms = await Promise.allSettled(equals.map((folder) => folder.room()))
    const fitting = equals.flatMap((folder, index) => {
      const room = rooms[index]
      if (room?.status === 'rejected') pass(folder, room.reason)
      const freeBytes = room?.status === 'fulfilled' ? room.value.freeBytes : 0
      // Where nothing is free not even an unknown size fits.
      return freeBytes >= Math.max(sizeBytes, 1) ? [{ folder, freeBytes }] : []
    })
    for (const { folder } of fitting.sort((a, b) => b.freeBytes - a.freeBytes)) yield folder
  }
}
