import { z } from 'zod'
import { apiError } from '@/lib/errors/api-error'
import { askKeystone } from './client'
import { type CatalogEntry, catalogSchema } from './token-schema'

const answerSchema = z.object({ catalog: catalogSchema })

/** The services that a token's holder is told of. Throws `unauthorized` when the token ended. */
export async function catalogOfToken(token: string): Promise<readonly CatalogEntry[]> {
  const answer = await askKeystone({ method: 'GET', path: '/auth/catalog', headers: { 'x-auth-token': token } })
  if (answer.status === 401) throw apiError('unauthorized')
  const parsed = answerSchema.safeParse(answer.body)
  if (answer.status !== 200 || !parsed.success) {
    throw apiError('identity_unavailable', { detail: { reason: 'Keystone gave no catalog', status: answer.status } })
  }
  return parsed.data.catalog
}
