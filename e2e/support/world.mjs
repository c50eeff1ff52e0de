// What suites share during one run: one PostgreSQL, one Keystone, servers made on demand.
import { startKeystone } from './keystone.mjs'
import { createDatabase, startPostgres } from './postgres.mjs'
import { freePort } from './processes.mjs'
import { startServer } from './start-server.mjs'

/** Everything is started at its first use and ended by `close`. `folder` is for the suites' result files. */
export function openWorld(folder) {
  let postgres
  const opened = []
  const own = (thing) => {
    opened.push(thing)
    return thing
  }
  const postgresUrl = async () => {
    postgres ??= startPostgres().then(own)
    return (await postgres).url
  }
  return {
    folder,
    postgresUrl,
    /** Runs `use` with a fresh server; `database: 'postgresql'` and `identity: 'keystone'` choose the other backends. */
    async withServer({ database, identity, ...options }, use) {
      const port = await freePort()
      const databaseUrl = database === 'postgresql' ? await createDatabase(await postgresUrl()) : undefined
      const keystone =
        identity === 'keystone' ? await startKeystone({ imageUrl: `http://127.0.0.1:${port}` }) : undefined
      try {
        const server = await startServer({
          port,
          ...options,
          ...(databaseUrl && { databaseUrl }),
          ...(keystone && { keystone }),
        })
        try {
          return await use(server)
        } finally {
          await server.stop()
        }
      } finally {
        await keystone?.stop()
      }
    },
    async close() {
      for (const thing of opened.reverse()) await thing.stop()
    },
  }
}
