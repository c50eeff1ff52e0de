import { z } from 'zod'
import { config } from '@/lib/config/load'
import { apiError, isApiError } from '@/lib/errors/api-error'
import { now } from '@/lib/runtime/clock'
import { logger } from '@/lib/runtime/logger'
import { processSingleton } from '@/lib/runtime/process-singleton'
import { askAsService } from './service-session'

const PROJECTS_MAX = 5_000
/** While Keystone is down, what is known from before is used this long between two questions. */
const STALE_MS = 5_000

export interface KeystoneLimit {
  readonly resourceName: string
  /** empty for every region */
  readonly regionId: string
  readonly limit: number
}

interface Known {
  readonly limits: readonly KeystoneLimit[]
  readonly goodUntilMs: number
}

interface LimitCache {
  /** our image service */
  serviceId?: string
  readonly byProject: Map<string, Known>
  readonly flights: Map<string, Promise<readonly KeystoneLimit[]>>
}

const cache = () =>
  processSingleton<LimitCache>('keystone-limits', () => ({ byProject: new Map(), flights: new Map() }))

/**
 * What Keystone says a project may have of our image service in our region. Asked for once in a while and once at a
 * time; while Keystone does not answer, what it said last holds. Throws `identity_unavailable` when it never did.
 */
export async function findKeystoneLimits(projectId: string): Promise<readonly KeystoneLimit[]> {
  const { byProject, flights } = cache()
  const known = byProject.get(projectId)
  if (known !== undefined && known.goodUntilMs > now().getTime()) return known.limits
  const flight = flights.get(projectId) ?? load(projectId, known).finally(() => flights.delete(projectId))
  flights.set(projectId, flight)
  return await flight
}

async function load(projectId: string, known: Known | undefined): Promise<readonly KeystoneLimit[]> {
  try {
    const limits = await ask(projectId)
    keep(projectId, { limits, goodUntilMs: now().getTime() + config().limits.cacheSeconds * 1000 })
    return limits
  } catch (error) {
    if (known === undefined || !isApiError(error) || error.code !== 'identity_unavailable') throw error
    logger().warn({ projectId }, 'identity is unavailable; limits from before hold')
    keep(projectId, { limits: known.limits, goodUntilMs: now().getTime() + STALE_MS })
    return known.limits
  }
}

function keep(projectId: string, known: Known): void {
  const { byProject } = cache()
  byProject.delete(projectId)
  byProject.set(projectId, known)
  if (byProject.size <= PROJECTS_MAX) return
  const [oldest] = byProject.keys()
  if (oldest !== undefined) byProject.delete(oldest)
}

const registeredSchema = z.object({
  registered_limits: z.array(
    z.object({ resource_name: z.string(), region_id: z.string().nullish(), default_limit: z.number() }),
  ),
})
const projectSchema = z.object({
  limits: z.array(
    z.object({
      resource_name: z.string(),
      region_id: z.string().nullish(),
      project_id: z.string().nullish(),
      resource_limit: z.number(),
    }),
  ),
})

/** Defaults of all projects first, so that the project's own come after them. */
async function ask(projectId: string): Promise<readonly KeystoneLimit[]> {
  const { serviceId, regionId } = await place()
  const query = new URLSearchParams({ service_id: serviceId })
  const [{ registered_limits: registered }, { limits: own }] = await Promise.all([
    read(`/registered_limits?${query}`, registeredSchema),
    read(`/limits?${new URLSearchParams({ service_id: serviceId, project_id: projectId })}`, projectSchema),
  ])
  const all = [
    ...registered.map((row) => ({ ...row, limit: row.default_limit })),
    ...own.filter((row) => row.project_id === projectId).map((row) => ({ ...row, limit: row.resource_limit })),
  ]
  return all
    .map((row) => ({ resourceName: row.resource_name, regionId: row.region_id ?? '', limit: row.limit }))
    .filter((row) => row.regionId === '' || row.regionId === regionId)
}

const endpointSchema = z.object({ endpoint: z.object({ service_id: z.string(), region_id: z.string().nullish() }) })
const servicesSchema = z.object({ services: z.array(z.object({ id: z.string() })) })

async function place(): Promise<{ serviceId: string; regionId: string }> {
  const { limits, identity } = config()
  if (limits.endpointId !== undefined) {
    const { endpoint } = await read(`/endpoints/${encodeURIComponent(limits.endpointId)}`, endpointSchema)
    return { serviceId: endpoint.service_id, regionId: endpoint.region_id ?? '' }
  }
  const known = cache()
  if (known.serviceId === undefined) {
    const { services } = await read('/services?type=image', servicesSchema)
    const [service] = services
    if (service === undefined || services.length > 1) {
      throw unusable(`the catalog has ${services.length} image services; limits.endpointId must name ours`)
    }
    known.serviceId = service.id
  }
  return { serviceId: known.serviceId, regionId: identity.region }
}

/** With a token of the whole system: one of a project sees the limits of that project alone. */
async function read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const answer = await askAsService({ method: 'GET', path }, 'system')
  const parsed = schema.safeParse(answer.body)
  if (answer.status === 200 && parsed.success) return parsed.data
  throw unusable(`Keystone answered ${answer.status} when asked for limits`)
}

function unusable(reason: string) {
  return apiError('identity_unavailable', { detail: { reason } })
}
