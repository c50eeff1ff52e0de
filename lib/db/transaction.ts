import type { Db, DbOrTx, Tx } from './client'

function isClient(client: DbOrTx): client is Db {
  return '$transaction' in client
}

/** Runs `work` in a transaction: the given one, or a new one on a client. No network and no streams inside. */
export async function inTransaction<T>(client: DbOrTx, work: (tx: Tx) => Promise<T>): Promise<T> {
  return isClient(client) ? await client.$transaction(work, { maxWait: 15_000, timeout: 15_000 }) : await work(client)
}
