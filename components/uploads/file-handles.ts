declare global {
  interface Window {
    showOpenFilePicker?(options?: { readonly multiple?: boolean }): Promise<FileSystemFileHandle[]>
  }
  interface DataTransferItem {
    getAsFileSystemHandle?(): Promise<FileSystemHandle | null>
  }
  interface FileSystemHandle {
    queryPermission?(options: { readonly mode: 'read' }): Promise<PermissionState>
    requestPermission?(options: { readonly mode: 'read' }): Promise<PermissionState>
  }
}

/**
 * Where browsers give handles of files (Chromium's do), a file can be had again after a reload. By what tells a file
 * from others, not by the object: each look at a drop makes objects of its own. The fingerprint of an upload decides.
 */
const handles = new Map<string, FileSystemFileHandle>()

/** Undefined where the browser gave none. */
export function handleOf(file: File): FileSystemFileHandle | undefined {
  return handles.get(keyOf(file))
}

export function canPickFiles(): boolean {
  return typeof window.showOpenFilePicker === 'function'
}

/** What a person picks; nothing when they do not. Throws where the browser has a picker and does not let us use it. */
export async function pickFiles({ multiple }: { readonly multiple: boolean }): Promise<readonly File[]> {
  try {
    const picked = (await window.showOpenFilePicker?.({ multiple })) ?? []
    return await Promise.all(picked.map(fileOf))
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return []
    throw error
  }
}

/** Keeps the handles of what is dropped. To be called while the drop is told of: its items are empty afterwards. */
export function rememberDropped({ items }: DataTransfer): void {
  for (const item of Array.from(items)) {
    const file = item.kind === 'file' ? item.getAsFile() : null
    if (file === null) continue
    item.getAsFileSystemHandle?.().then(
      (handle) => {
        if (handle instanceof FileSystemFileHandle) handles.set(keyOf(file), handle)
      },
      () => {},
    )
  }
}

/** The file of a handle that was kept. Where the browser asks for permission first, the press that leads here counts. */
export async function fileOfKept(handle: FileSystemFileHandle): Promise<File | 'refused' | 'gone'> {
  try {
    const state = await handle.queryPermission?.({ mode: 'read' })
    if (state === 'prompt') await handle.requestPermission?.({ mode: 'read' })
    return await fileOf(handle)
  } catch (error) {
    const isRefusal = error instanceof DOMException && /^(NotAllowed|Security)Error$/.test(error.name)
    return isRefusal ? 'refused' : 'gone'
  }
}

async function fileOf(handle: FileSystemFileHandle): Promise<File> {
  const file = await handle.getFile()
  handles.set(keyOf(file), handle)
  return file
}

function keyOf({ name, size, lastModified }: File): string {
  return `${name}\n${size}\n${lastModified}`
}
