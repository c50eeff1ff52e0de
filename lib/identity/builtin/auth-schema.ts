import { z } from 'zod'

const domainReference = z.object({ id: z.string().optional(), name: z.string().optional() })

const userReference = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  domain: domainReference.optional(),
})

const passwordMethod = z.object({ user: userReference.extend({ password: z.string() }) })
const tokenMethod = z.object({ id: z.string() })
const credentialMethod = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  secret: z.string(),
  user: userReference.optional(),
})

const scopeSchema = z.union([
  z.literal('unscoped'),
  z.object({
    project: z.object({ id: z.string().optional(), name: z.string().optional(), domain: domainReference.optional() }),
  }),
  z.object({ domain: domainReference }),
  z.object({ system: z.object({ all: z.literal(true) }) }),
])

/** Body of POST /v3/auth/tokens. */
export const authSchema = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()).min(1),
      password: passwordMethod.optional(),
      token: tokenMethod.optional(),
      application_credential: credentialMethod.optional(),
    }),
    scope: scopeSchema.optional(),
  }),
})

export type AuthRequest = z.infer<typeof authSchema>['auth']
export type IdentityRequest = AuthRequest['identity']
export type ScopeRequest = z.infer<typeof scopeSchema>
export type UserReference = z.infer<typeof userReference>
export type DomainReference = z.infer<typeof domainReference>
