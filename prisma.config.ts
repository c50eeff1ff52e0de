import { defineConfig } from 'prisma/config'

// Only the command line reads this file; the service takes its database URL from its own configuration.
const url = process.env.DATABASE_URL ?? 'file:./.data/glimpse.db'
const flavour = url.startsWith('postgres') ? 'postgresql' : 'sqlite'

export default defineConfig({
  schema: `prisma/${flavour}`,
  migrations: { path: `prisma/${flavour}/migrations` },
  datasource: { url },
})
