import { type ApiError, apiError, isApiError } from '@/lib/errors/api-error'

// Node has no name for a stale NFS handle: it reports `Unknown system error -116`.
const ESTALE = -116

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const configurationCodes = new Set(['EACCES', 'EPERM', 'ENOTDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG', 'EINVAL'])
const deniedCodes = new Set(['EACCES', 'EPERM', 'EROFS'])

interface SystemError {
  readonly code: string
  readonly errno: number
}

export function systemErrorOf(error: unknown): SystemError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  const errno = 'errno' in error && typeof error.errno === 'number' ? error.errno : 0
  return { code: error.code, errno }
}

export function isFull(error: unknown): boolean {
  return fullCodes.has(systemErrorOf(error)?.code ?? '')
}

/** Whether only another configuration, or another right, can help. */
export function isMisconfiguration(error: unknown): boolean {
  return configurationCodes.has(systemErrorOf(error)?.code ?? '')
}

export function isMissing(error: unknown): boolean {
  return systemErrorOf(error)?.code === 'ENOENT'
}

/** A file system's error as one of the store's closed set; errors of ours pass unchanged. */
export function storeErrorOf(error: unknown, storeId: string): ApiError {
  if (isApiError(error)) return error
  const system = systemErrorOf(error)
  const options = { cause: error, detail: { storeId, errno: system?.code } }
  if (system === undefined) return apiError('store_unavailable', options)
  if (fullCodes.has(system.code)) {
    return apiError('store_full', { ...options, public: `Image storage media is full: no space left in ${storeId}` })
  }
  if (deniedCodes.has(system.code)) {
    const reason = system.code === 'EROFS' ? 'is read-only' : 'does not allow writing'
    return apiError('store_denied', {
      ...options,
      public: `Insufficient permissions on image storage media: ${storeId} ${reason}`,
    })
  }
  if (system.code === 'ENOENT') return apiError('store_object_missing', options)
  const reason = system.errno === ESTALE ? 'stale file handle' : system.code
  return apiError('store_unavailable', { ...options, public: `Store ${storeId} is unavailable: ${reason}` })
}
