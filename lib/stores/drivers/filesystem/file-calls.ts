import { access, chmod, link, mkdir, open, opendir, readFile, stat, statfs, unlink } from 'node:fs/promises'

/** What is asked of a file's status. */
export interface FileStatus {
  readonly dev: bigint
  readonly ino: bigint
  readonly mode: bigint
  readonly nlink: bigint
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

export interface OpenFile {
  /** the number of the file in the process that opened it */
  readonly fd: number
  read(target: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>
  write(chunk: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>
  truncate(length: number): Promise<void>
  chmod(mode: number): Promise<void>
  sync(): Promise<void>
  size(): Promise<number>
  close(): Promise<void>
}

/**
 * The calls of a file system that a store needs: made by this process, or by one that can be given up when they do
 * not come back. They throw what the file system does.
 */
export interface FileCalls {
  open(path: string, flags: number, mode?: number): Promise<OpenFile>
  status(path: string): Promise<FileStatus>
  freeBytes(path: string): Promise<number>
  access(path: string, mode: number): Promise<void>
  chmod(path: string, mode: number): Promise<void>
  /** Parents too; no complaint when it is there. */
  makeFolder(path: string, mode: number): Promise<void>
  link(path: string, newPath: string): Promise<void>
  unlink(path: string): Promise<void>
  /** for small files */
  readText(path: string): Promise<string>
  /** Names of the plain files in a folder, in batches; hidden ones are left out. */
  names(folder: string): AsyncIterable<readonly string[]>
  /** Ends what these calls keep running; they can be used again after. */
  close(): Promise<void>
}

const NAMES_PER_BATCH = 256

/** Calls made by this process. One that does not come back holds a thread of the four that all files share. */
export const directCalls: FileCalls = {
  open: async (path, flags, mode) => {
    const handle = await open(path, flags, mode)
    return {
      fd: handle.fd,
      read: (target, offset, length, position) => handle.read(target, offset, length, position),
      write: (chunk, offset, length, position) => handle.write(chunk, offset, length, position),
      truncate: (length) => handle.truncate(length),
      chmod: (mode) => handle.chmod(mode),
      sync: () => handle.sync(),
      size: async () => (await handle.stat()).size,
      close: () => handle.close(),
    }
  },
  status: (path) => stat(path, { bigint: true }),
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  },
  access: (path, mode) => access(path, mode),
  chmod: (path, mode) => chmod(path, mode),
  makeFolder: async (path, mode) => {
    await mkdir(path, { recursive: true, mode })
  },
  link: (path, newPath) => link(path, newPath),
  unlink: (path) => unlink(path),
  readText: (path) => readFile(path, 'utf8'),
  async *names(folder) {
    let batch: string[] = []
    for await (const entry of await opendir(folder, { bufferSize: NAMES_PER_BATCH })) {
      if (!entry.isFile() || entry.name.startsWith('.')) continue
      batch.push(entry.name)
      if (batch.length < NAMES_PER_BATCH) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  },
  close: async () => {},
}
