import { STATUS_CODES } from 'node:http'
import { expect, inject } from 'vitest'
import type { WireResponse } from '../../support/http-client'

/** The message of a fault before it is put into HTML, JSON or plain text (contract 0.1). */
type Message = (quote: (text: string) => string) => string

/** The common shape: the explanation alone. */
export const explained =
  (explanation: string): Message =>
  (quote) =>
    `${quote(explanation)}<br /><br />\n\n\n`

const generic: Readonly<Record<number, string>> = {
  403: 'Access was denied to this resource.',
  409: 'There was a conflict when trying to complete your request.',
  416: 'The Range requested is not available.',
}

/** The shape of faults raised with a detail only: the generic text of the status comes first. */
export const detailed =
  (status: number, detail: string): Message =>
  (quote) =>
    `${quote(generic[status] ?? '')}<br /><br />\n${quote(detail)}\n\n`

export const unsupportedMedia =
  (contentType: string, detail: string): Message =>
  (quote) =>
    `The request media type ${quote(contentType)} is not supported by this server.\n<br /><br />\n${quote(detail)}`

export const notAllowed =
  (method: string): Message =>
  () =>
    `The method ${method} is not allowed for this resource. <br /><br />\n`

/** Status and reason as they stand in bodies and on the status line: two are older than Node's. */
export const statusLine = (status: number): string => `${status} ${reasonOf(status)}`

function reasonOf(status: number): string {
  if (status === 413) return 'Request Entity Too Large'
  if (status === 416) return 'Request Range Not Satisfiable'
  return STATUS_CODES[status] ?? ''
}

/** What stands for the media type when the request named none. */
export const noContentType = `\${${'CONTENT_TYPE'}}`

export const notFoundText = 'The resource could not be found.'

const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#x27;')

export function htmlFault(status: number, message: Message): string {
  const line = statusLine(status)
  return `<html>\n <head>\n  <title>${line}</title>\n </head>\n <body>\n  <h1>${line}</h1>\n  ${message(escapeHtml)}\n </body>\n</html>`
}

export function jsonFault(status: number, message: Message): string {
  const title = reasonOf(status)
  const text = JSON.stringify(message((part) => part))
  return `{"message": ${text}, "code": "${statusLine(status)}", "title": "${title}"}`
}

export function plainFault(status: number, message: Message): string {
  const text = message((part) => part)
    .replaceAll('\n', ' ')
    .replaceAll('<br />', '\n')
  return `${statusLine(status)}\n\n${text}`
}

/** Expects this fault byte for byte in the HTML form, which is what "Accept: *\/*" gets. */
export function expectFault(response: WireResponse, status: number, message: string | Message): void {
  const full = typeof message === 'string' ? explained(message) : message
  expect({ status: response.status, body: response.text }).toEqual({ status, body: htmlFault(status, full) })
  expect(response.headers['content-type']).toBe('text/html; charset=UTF-8')
  expectLength(response, response.body.length)
}

/** Expects the length announced, which plain `next start` never does: it sends chunks. */
export function expectLength(response: WireResponse, length: number): void {
  const expected = inject('world').front === 'next' ? undefined : String(length)
  expect(response.headers['content-length']).toBe(expected)
}

/** Expects a fault of this status in the HTML form, whose text holds this part (where the contract gives no more). */
export function expectFaultWith(response: WireResponse, status: number, part: string): void {
  expect({ status: response.status, body: response.text }).toEqual({
    status,
    body: expect.stringContaining(`<h1>${statusLine(status)}</h1>\n  `),
  })
  expect(response.text).toContain(escapeHtml(part))
  expect(response.headers['content-type']).toBe('text/html; charset=UTF-8')
}
