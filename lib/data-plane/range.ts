import { type ApiError, apiError } from '@/lib/errors/api-error'

export interface ByteRange {
  readonly offset: number
  readonly length: number
}

export interface RangeHeaders {
  readonly range?: string | undefined
  /** the request header that old clients send; Range wins over it */
  readonly contentRange?: string | undefined
}

/**
 * The part of an image that a request asks for; undefined means all of it.
 * Throws `range_not_satisfiable`, or `bad_request` for several ranges. Source: images.md 7.3.
 */
export function requestedRange(headers: RangeHeaders, sizeBytes: number): ByteRange | undefined {
  if (headers.range !== undefined && headers.range !== '') return fromRange(headers.range, sizeBytes)
  if (headers.contentRange !== undefined && headers.contentRange !== '') {
    return fromContentRange(headers.contentRange, sizeBytes)
  }
  return undefined
}

function fromRange(header: string, sizeBytes: number): ByteRange {
  if (header.includes(',')) {
    throw apiError('bad_request', {
      public:
        'Requests with multiple ranges are not supported in Glance. You may make multiple single-range requests instead.',
    })
  }
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header) ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) {
    throw unsatisfiable('Invalid Range header.', sizeBytes)
  }
  if (first === '') return suffix(Number(last), sizeBytes)
  const start = Number(first)
  const end = last === '' ? sizeBytes - 1 : Number(last)
  if (last !== '' && end < start) throw unsatisfiable('Invalid Range header.', sizeBytes)
  if (start >= sizeBytes) throw startsOutside('Range', sizeBytes)
  return { offset: start, length: Math.min(end, sizeBytes - 1) - start + 1 }
}

function suffix(lengthBytes: number, sizeBytes: number): ByteRange {
  const length = Math.min(lengthBytes, sizeBytes)
  if (length === 0) throw startsOutside('Range', sizeBytes)
  return { offset: sizeBytes - length, length }
}

function fromContentRange(header: string, sizeBytes: number): ByteRange {
  const [, first, last, total] = /^\s*bytes\s+(\d+)\s*-\s*(\d+)\s*\/\s*(\d+|\*)\s*$/i.exec(header) ?? []
  const start = Number(first)
  const end = Number(last)
  if (first === undefined || last === undefined || end < start) {
    throw unsatisfiable('Invalid Content-Range header.', sizeBytes)
  }
  // Glance looks at the start first only when the header names a size.
  if (start >= sizeBytes && total !== '*') throw startsOutside('Content-Range', sizeBytes)
  if (end >= sizeBytes) {
    throw unsatisfiable(
      `Invalid stop position in Content-Range header. The stop position MUST be in the inclusive range [0, ${sizeBytes - 1}].`,
      sizeBytes,
    )
  }
  return { offset: start, length: end - start + 1 }
}

function startsOutside(header: string, sizeBytes: number): ApiError {
  return unsatisfiable(
    `Invalid start position in ${header} header. Start position MUST be in the inclusive range [0, ${sizeBytes - 1}].`,
    sizeBytes,
  )
}

function unsatisfiable(text: string, sizeBytes: number): ApiError {
  return apiError('range_not_satisfiable', {
    public: text,
    shape: 'detail',
    headers: { 'content-range': `bytes */${sizeBytes}` },
  })
}
