import { type ErrorCode, type ErrorCodeEntry, errorCodes } from './codes'

/**
 * How a Glance fault carries its text (contract images.md 0.1): most faults put it in place of the generic sentence
 * (`explanation`), some put it behind the generic sentence of the status (`detail`).
 */
export type FaultShape = 'explanation' | 'detail'

export interface ApiErrorOptions {
  /** The text a client may read; the code's default when absent. Never holds secrets, URLs of stores or paths. */
  readonly public?: string
  readonly shape?: FaultShape
  /** Extra response headers, such as Allow or Accept-Patch. */
  readonly headers?: Readonly<Record<string, string>>
  /** For the log only. */
  readonly detail?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

const brand = Symbol.for('glimpse.ApiError')

/** The one error class; doors render it, everything else throws it through {@link apiError}. */
export class ApiError extends Error {
  readonly [brand] = true
  readonly code: ErrorCode
  readonly shape: FaultShape
  readonly headers: Readonly<Record<string, string>>
  readonly detail: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, options: ApiErrorOptions = {}) {
    super(options.public ?? errorCodes[code].text, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ApiError'
    this.code = code
    this.shape = options.shape ?? 'explanation'
    this.headers = options.headers ?? {}
    this.detail = options.detail ?? {}
  }

  get entry(): ErrorCodeEntry {
    return errorCodes[this.code]
  }

  get status(): number {
    return errorCodes[this.code].status
  }
}

export function apiError(code: ErrorCode, options?: ApiErrorOptions): ApiError {
  return new ApiError(code, options)
}

/** True for errors of ours from any module graph, where `instanceof` would fail. */
export function isApiError(error: unknown): error is ApiError {
  return typeof error === 'object' && error !== null && brand in error
}
