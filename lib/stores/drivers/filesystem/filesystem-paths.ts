import { join } from 'node:path'
import { apiError } from '@/lib/errors/api-error'
import { filePathOf, fileUrl } from '@/lib/stores/location-uri'

/** Where unfinished uploads lie, on the same file system as the finished ones so that they can be linked over. */
const partialFolderName = '.partial'
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]*$/

/** The names that a file store uses below its folder. Ids that could lead out of the folder are refused. */
export class FilesystemPaths {
  readonly partialFolder: string

  constructor(readonly root: string) {
    this.partialFolder = join(root, partialFolderName)
  }

  final(imageId: string): string {
    return join(this.root, safeName(imageId))
  }

  partial(imageId: string, attemptId: string): string {
    return join(this.partialFolder, `${safeName(imageId)}.${safeName(attemptId)}`)
  }

  /** The ids in a file name of the partial folder; undefined for foreign files. */
  attemptOf(fileName: string): { imageId: string; attemptId: string } | undefined {
    const [imageId, attemptId, ...rest] = fileName.split('.')
    if (imageId === undefined || attemptId === undefined || rest.length > 0) return undefined
    return namePattern.test(imageId) && namePattern.test(attemptId) ? { imageId, attemptId } : undefined
  }

  /** The file that probes write; hidden, so that it is neither blob nor attempt. */
  get probe(): string {
    return join(this.partialFolder, '.probe')
  }

  url(imageId: string): string {
    return fileUrl(this.final(imageId))
  }

  /** The name of one of this folder's own blobs; undefined for any other URL. */
  nameIn(url: string): string | undefined {
    const path = filePathOf(url)
    const name = path?.startsWith(`${this.root}/`) ? path.slice(this.root.length + 1) : undefined
    if (name === undefined || name.startsWith('.') || name.includes('/') || name.includes('\0')) return undefined
    return name
  }

  /** The path of a blob by a name from {@link nameIn}. */
  named(name: string): string {
    return join(this.root, name)
  }
}

function safeName(id: string): string {
  if (!namePattern.test(id)) throw apiError('bad_request', { public: 'The id cannot name a file.' })
  return id
}
