/** Rows of the built-in identity as the rest of this folder sees them. */
export interface DomainRecord {
  readonly id: string
  readonly name: string
  readonly description: string
  readonly isEnabled: boolean
}

export interface ProjectRecord extends DomainRecord {
  readonly domainId: string
}

export interface UserRecord {
  readonly id: string
  readonly name: string
  readonly domainId: string
  readonly passwordHash: string | null
  readonly email: string | null
  readonly description: string
  readonly defaultProjectId: string | null
  readonly isEnabled: boolean
  readonly mustChange: boolean
}

export interface RoleRecord {
  readonly id: string
  readonly name: string
  readonly description: string
}

export interface ImplicationRecord {
  readonly priorRoleId: string
  readonly impliedRoleId: string
}

export type TargetKind = 'project' | 'domain' | 'system'

/** Where roles are held; the target of the system is always `all`. */
export interface AssignmentTarget {
  readonly kind: TargetKind
  readonly id: string
}

export const systemTarget: AssignmentTarget = { kind: 'system', id: 'all' }

export interface CredentialRecord {
  readonly id: string
  readonly name: string
  readonly userId: string
  readonly projectId: string
  readonly description: string
  readonly secretHash: string
  readonly roleIds: readonly string[]
  readonly isUnrestricted: boolean
  readonly expiresAt: Date | null
}

export interface TokenRecord {
  readonly idHash: string
  readonly userId: string
  readonly scopeKind: string
  readonly scopeId: string | null
  /** comma-separated */
  readonly methods: string
  readonly auditId: string
  readonly parentAuditId: string | null
  readonly applicationCredentialId: string | null
  readonly issuedAt: Date
  readonly expiresAt: Date
}

export interface RegionRecord {
  readonly id: string
  readonly description: string
  readonly parentRegionId: string | null
}

export interface ServiceRecord {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly description: string
  readonly isEnabled: boolean
}

export interface EndpointRecord {
  readonly id: string
  readonly serviceId: string
  readonly interface: string
  readonly regionId: string | null
  readonly url: string
  readonly isEnabled: boolean
}

export interface RegisteredLimitRecord {
  readonly id: string
  readonly serviceId: string
  /** empty for every region */
  readonly regionId: string
  readonly resourceName: string
  /** -1 is no limit */
  readonly defaultLimit: number
  readonly description: string
}

export interface ProjectLimitRecord {
  readonly id: string
  readonly registeredLimitId: string
  readonly projectId: string
  readonly resourceLimit: number
  readonly description: string
}
