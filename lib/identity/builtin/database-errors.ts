import { apiError } from '@/lib/errors/api-error'

/** Runs a write; a unique constraint becomes `conflict` with the given text, a vanished row `not_found`. */
export async function refusingDuplicates<T>(duplicate: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (hasCode(error, 'P2002')) throw apiError('conflict', { public: duplicate, cause: error })
    if (hasCode(error, 'P2025') || hasCode(error, 'P2003')) {
      throw apiError('not_found', { public: 'The resource went away meanwhile.', cause: error })
    }
    throw error
  }
}

/** Makes a row unless another node or an earlier start made it; true when this call did. */
export async function createIfAbsent(create: () => Promise<unknown>): Promise<boolean> {
  try {
    await create()
    return true
  } catch (error) {
    if (hasCode(error, 'P2002')) return false
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code
}
