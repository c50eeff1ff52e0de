import { afterEach, describe, expect, it, vi } from 'vitest'
import { canPickFiles, fileOfKept, handleOf, pickFiles, rememberDropped } from './file-handles'

class FakeHandle {
  asked = 0
  constructor(
    readonly file: File,
    readonly answers: { readonly permission?: PermissionState; readonly error?: string } = {},
  ) {}
  queryPermission = async () => this.answers.permission ?? 'granted'
  requestPermission = async () => {
    this.asked += 1
    return 'granted'
  }
  getFile = async () => {
    if (this.answers.error !== undefined) throw new DOMException('no', this.answers.error)
    return this.file
  }
}

let made = 0
const newFile = () => new File(['x'], `${made++}.raw`, { lastModified: 1 })
const asHandle = (handle: FakeHandle) => handle as unknown as FileSystemFileHandle
const withPicker = (showOpenFilePicker: () => Promise<readonly FakeHandle[]>) =>
  vi.stubGlobal('window', { showOpenFilePicker })

afterEach(() => vi.unstubAllGlobals())

describe('the picker of handles', () => {
  it('is told from browsers that have none', () => {
    vi.stubGlobal('window', {})
    expect(canPickFiles()).toBe(false)
    withPicker(async () => [])
    expect(canPickFiles()).toBe(true)
  })

  it('gives files whose handles are known afterwards, also by another object of the same file', async () => {
    const handle = new FakeHandle(newFile())
    withPicker(async () => [handle])
    const [file] = await pickFiles({ multiple: false })
    expect(file).toBe(handle.file)
    expect(handleOf(new File(['x'], handle.file.name, { lastModified: 1 }))).toBe(handle)
    expect(handleOf(new File(['xy'], handle.file.name, { lastModified: 1 }))).toBeUndefined()
  })

  it('gives nothing when the person picks nothing, and throws when it may not be used', async () => {
    withPicker(() => Promise.reject(new DOMException('cancelled', 'AbortError')))
    expect(await pickFiles({ multiple: true })).toEqual([])
    withPicker(() => Promise.reject(new DOMException('framed', 'SecurityError')))
    await expect(pickFiles({ multiple: true })).rejects.toThrow('framed')
  })
})

describe('a drop', () => {
  it('leaves the handles of its files, where there are any', async () => {
    vi.stubGlobal('FileSystemFileHandle', FakeHandle)
    const handle = new FakeHandle(newFile())
    const [plain, folder] = [newFile(), newFile()]
    const items = [
      { kind: 'string' },
      { kind: 'file', getAsFile: () => handle.file, getAsFileSystemHandle: async () => handle },
      { kind: 'file', getAsFile: () => plain },
      { kind: 'file', getAsFile: () => folder, getAsFileSystemHandle: async () => ({ kind: 'directory' }) },
    ]
    rememberDropped({ items } as unknown as DataTransfer)
    await Promise.resolve()
    expect([handle.file, plain, folder].map(handleOf)).toEqual([handle, undefined, undefined])
  })
})

describe('a handle that was kept', () => {
  it('gives its file, and is asked for only where the browser wants that', async () => {
    const known = new FakeHandle(newFile())
    expect(await fileOfKept(asHandle(known))).toBe(known.file)
    const asking = new FakeHandle(newFile(), { permission: 'prompt' })
    expect(await fileOfKept(asHandle(asking))).toBe(asking.file)
    expect([known.asked, asking.asked]).toEqual([0, 1])
  })

  it('says why it gives none', async () => {
    expect(await fileOfKept(asHandle(new FakeHandle(newFile(), { error: 'NotFoundError' })))).toBe('gone')
    expect(await fileOfKept(asHandle(new FakeHandle(newFile(), { error: 'NotAllowedError' })))).toBe('refused')
  })
})
