import { z } from 'zod'

const named = z.object({ id: z.string(), name: z.string() })
const inDomain = named.extend({ domain: named })

export const catalogSchema = z.array(
  z.object({
    type: z.string(),
    name: z.string().optional(),
    endpoints: z.array(z.object({ interface: z.string(), region_id: z.string().nullish(), url: z.string() })),
  }),
)

export type CatalogEntry = z.infer<typeof catalogSchema>[number]

/** What Keystone tells about a token; more fields than these are ignored. */
export const tokenSchema = z.object({
  token: z.object({
    user: inDomain,
    project: inDomain.optional(),
    domain: named.optional(),
    system: z.object({ all: z.boolean() }).optional(),
    roles: z.array(named).default([]),
    is_admin_project: z.boolean().optional(),
    expires_at: z.coerce.date(),
    catalog: catalogSchema.optional(),
  }),
})

export type KeystoneToken = z.infer<typeof tokenSchema>['token']
