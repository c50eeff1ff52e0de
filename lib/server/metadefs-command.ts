import { config } from '@/lib/config/load'
import { db, tuneConnection } from '@/lib/db/client'
import { migrateDatabase } from '@/lib/db/migrate'
import { isApiError } from '@/lib/errors/api-error'
import { runMetadefs } from '@/lib/metadefs/command'

// npm run metadefs -- load | export | unload

async function run(): Promise<void> {
  const { databaseUrl } = config()
  await migrateDatabase(databaseUrl)
  await tuneConnection(db(), databaseUrl)
  try {
    const { exitCode, lines } = await runMetadefs(process.argv.slice(2))
    const stream = exitCode === 0 ? process.stdout : process.stderr
    for (const line of lines) stream.write(`${line}\n`)
    process.exitCode = exitCode
  } finally {
    await db().$disconnect()
  }
}

run().catch((error: unknown) => {
  process.stderr.write(`${isApiError(error) || error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
