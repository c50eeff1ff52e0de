import { logger } from '@/lib/runtime/logger'
import type { Principal } from './principal'
import type { RequestContext } from './request-context'

const nobody: Principal = {
  userId: 'u',
  userName: 'u',
  userDomainId: 'default',
  userDomainName: 'Default',
  projectId: 'mine',
  projectName: 'mine',
  projectDomainId: 'default',
  projectDomainName: 'Default',
  domainId: null,
  systemScope: null,
  isAdminProject: false,
  roles: [],
  service: null,
  tokenHash: '',
  tokenExpiresAt: new Date(0),
}

/** For tests: the request `req-1` of somebody in project `mine`, without a role unless the change gives some. */
export function contextOf(change: Partial<Principal> = {}): RequestContext {
  const { signal } = new AbortController()
  return { requestId: 'req-1', origin: 'api', principal: { ...nobody, ...change }, signal, log: logger() }
}
