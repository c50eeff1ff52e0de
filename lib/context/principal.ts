/** Who is calling, as the identity backend vouched for it. Role names are lower case, implied roles included. */
export interface Principal {
  readonly userId: string
  readonly userName: string
  readonly userDomainId: string
  readonly userDomainName: string
  /** null for an unscoped, domain-scoped or system-scoped token */
  readonly projectId: string | null
  readonly projectName: string | null
  readonly projectDomainId: string | null
  readonly projectDomainName: string | null
  readonly domainId: string | null
  readonly systemScope: 'all' | null
  readonly isAdminProject: boolean
  readonly roles: readonly string[]
  /** from X-Service-Token; null when no valid service token came along */
  readonly service: ServicePrincipal | null
  /** SHA-256 of the token, hex; the token itself is never kept */
  readonly tokenHash: string
  readonly tokenExpiresAt: Date
}

export interface ServicePrincipal {
  readonly userId: string
  readonly userDomainId: string
  readonly projectId: string | null
  readonly projectDomainId: string | null
  readonly roles: readonly string[]
}
