import type { Logger } from '@/lib/runtime/logger'
import type { Principal } from './principal'

/** Built once per request by a door, then passed down unchanged as the first argument of every use-case. */
export interface RequestContext {
  /** `req-<uuid>`, echoed to the client and written in every log line */
  readonly requestId: string
  readonly origin: 'api' | 'dashboard' | 'job'
  readonly principal: Principal
  /** aborts when the client is gone or the node drains */
  readonly signal: AbortSignal
  readonly log: Logger
}
