import { db, type Tx } from '@/lib/db/client'
import { isUniqueViolation } from '@/lib/db/errors'
import { inTransaction } from '@/lib/db/transaction'
import { apiError } from '@/lib/errors/api-error'

/** Works in a transaction that gives something its name. Throws `conflict` with this text when the name is in use. */
export async function inUniqueTransaction<T>(inUse: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await inTransaction(db(), work)
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw apiError('conflict', { public: inUse, cause: error })
  }
}
