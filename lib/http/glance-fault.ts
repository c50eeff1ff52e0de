import { STATUS_CODES } from 'node:http'
import { type ApiError, apiError, isApiError } from '@/lib/errors/api-error'
import { errorCodes } from '@/lib/errors/codes'
import { redactUrls } from '@/lib/runtime/redact-urls'
import { accepts } from './accept'
import type { WireResponse } from './wire'

export interface FaultRequest {
  readonly method: string
  readonly accept: string | undefined
  readonly contentType: string | undefined
}

/**
 * Renders an error into the exact bytes of a Glance fault: HTML, JSON or plain text by content negotiation.
 * Source: images.md 0.1. Errors that are not ours become a 500 with a fixed text.
 */
export function glanceFault(error: unknown, request: FaultRequest): WireResponse {
  const known = isApiError(error) ? error : apiError('internal', { cause: error })
  const status = `${known.status} ${reasonOf(known.status)}`
  const accept = request.accept ?? ''
  if (accept !== '' && accepts(accept, 'text/html')) {
    const body = faultBody(known, request, escapeHtml)
    return fault(known, 'text/html; charset=UTF-8', htmlPage(status, body))
  }
  const body = faultBody(known, request, (text) => text)
  if (accept !== '' && accepts(accept, 'application/json')) {
    const title = reasonOf(known.status)
    const text = `{"message": ${pythonString(body)}, "code": ${pythonString(status)}, "title": ${pythonString(title)}}`
    return fault(known, 'application/json', text)
  }
  return fault(known, 'text/plain; charset=UTF-8', `${status}\n\n${stripTags(body)}`)
}

// Glance's reasons come from an older RFC than Node's.
const olderReasons = new Map([
  [413, 'Request Entity Too Large'],
  [416, 'Request Range Not Satisfiable'],
  // tus has its own.
  [460, 'Checksum Mismatch'],
])

function reasonOf(status: number): string {
  return olderReasons.get(status) ?? STATUS_CODES[status] ?? 'Unknown'
}

function fault(error: ApiError, contentType: string, body: string): WireResponse {
  return { status: error.status, headers: { 'content-type': contentType, ...error.headers }, body }
}

// An absent header leaves the template's own placeholder in the text, as upstream does.
const absentContentType = ['$', '{CONTENT_TYPE}'].join('')

function faultBody(error: ApiError, request: FaultRequest, quoteText: (text: string) => string): string {
  const quote = (text: string) => quoteText(redactUrls(text))
  // A route that has more to say than which methods it takes says only that.
  if (error.status === 405 && error.message !== errorCodes.method_not_allowed.text) return quote(error.message)
  if (error.status === 405)
    return `The method ${quote(request.method)} is not allowed for this resource. <br /><br />\n`
  if (error.status === 415) {
    const contentType = request.contentType === undefined ? absentContentType : quote(request.contentType)
    return `The request media type ${contentType} is not supported by this server.\n<br /><br />\n${quote(error.message)}`
  }
  if (error.shape === 'detail') {
    return `${quote(genericText(error.status))}<br /><br />\n${quote(error.message)}\n\n`
  }
  return `${quote(error.message)}<br /><br />\n\n\n`
}

const genericTexts = new Map<number, string>(
  [errorCodes.forbidden, errorCodes.conflict, errorCodes.range_not_satisfiable, errorCodes.not_found].map((entry) => [
    entry.status,
    entry.text,
  ]),
)

function genericText(status: number): string {
  return genericTexts.get(status) ?? errorCodes.bad_request.text
}

function htmlPage(status: string, body: string): string {
  return `<html>\n <head>\n  <title>${status}</title>\n </head>\n <body>\n  <h1>${status}</h1>\n  ${body}\n </body>\n</html>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

function stripTags(body: string): string {
  return body
    .replaceAll('\n', ' ')
    .replace(/<br.*?>/g, '\n')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<[^>]*>/g, '')
}

/** A JSON string with everything outside ASCII escaped. */
function pythonString(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
