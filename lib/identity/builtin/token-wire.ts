import { listEndpointRows, listServiceRows } from './catalog-repo'
import type { EndpointRecord, ServiceRecord } from './records'
import type { TokenFacts, TokenScope } from './token-facts'

/** The body of a token as Keystone shows it; unscoped tokens have neither roles nor catalog. */
export async function tokenWire(facts: TokenFacts, withCatalog: boolean) {
  const { row, user, scope, roles, credential } = facts
  const isScoped = scope.kind !== 'none'
  return {
    methods: row.methods.split(','),
    user: {
      domain: { id: user.domain.id, name: user.domain.name },
      id: user.id,
      name: user.name,
      password_expires_at: null,
    },
    audit_ids: row.parentAuditId === null ? [row.auditId] : [row.auditId, row.parentAuditId],
    expires_at: keystoneTime(row.expiresAt),
    issued_at: keystoneTime(row.issuedAt),
    ...scopeWire(scope),
    ...(isScoped && { roles: roles.map((role) => ({ id: role.id, name: role.name })) }),
    ...(isScoped && withCatalog && { catalog: await catalogWire(scope) }),
    ...(credential !== null && {
      application_credential: {
        id: credential.id,
        name: credential.name,
        restricted: !credential.isUnrestricted,
      },
    }),
  }
}

function scopeWire(scope: TokenScope) {
  if (scope.kind === 'project') {
    const { id, name, domain } = scope.project
    return { project: { domain: { id: domain.id, name: domain.name }, id, name }, is_domain: false }
  }
  if (scope.kind === 'domain') return { domain: { id: scope.domain.id, name: scope.domain.name } }
  return scope.kind === 'system' ? { system: { all: true } } : {}
}

/** Enabled services with their enabled endpoints, placeholders in addresses filled in for the scope. */
export async function catalogWire(scope: TokenScope) {
  const [services, endpoints] = await Promise.all([listServiceRows(), listEndpointRows()])
  return services
    .filter((service) => service.isEnabled)
    .map((service) => serviceEntry(service, endpoints, scope.kind === 'project' ? scope.project.id : null))
    .filter((entry) => entry.endpoints.length > 0)
}

function serviceEntry(service: ServiceRecord, endpoints: readonly EndpointRecord[], projectId: string | null) {
  const own = endpoints.filter((endpoint) => endpoint.serviceId === service.id && endpoint.isEnabled)
  return {
    endpoints: own.flatMap((endpoint) => {
      const url = fillIn(endpoint.url, projectId)
      if (url === undefined) return []
      const { id, regionId } = endpoint
      return [{ id, interface: endpoint.interface, region_id: regionId, url, region: regionId }]
    }),
    id: service.id,
    type: service.type,
    name: service.name,
  }
}

/** Undefined when the address needs a project and there is none: Keystone leaves such endpoints out. */
function fillIn(url: string, projectId: string | null): string | undefined {
  const placeholder = /[%$]\((?:project_id|tenant_id)\)s/g
  if (projectId === null && url.search(placeholder) >= 0) return undefined
  return url.replace(placeholder, () => projectId ?? '')
}

/** `2026-01-01T00:00:00.000000Z`: six digits behind the second, which some clients insist on. */
export function keystoneTime(moment: Date): string {
  return moment.toISOString().replace('Z', '000Z')
}
