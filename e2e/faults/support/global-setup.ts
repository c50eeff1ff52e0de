import type { TestProject } from 'vitest/node'
import { startPostgres } from '../../support/postgres.mjs'

/** One PostgreSQL for all files. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres()
  project.provide('postgresUrl', postgres.url)
  return postgres.stop
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}
