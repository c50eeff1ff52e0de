import { STATUS_CODES } from 'node:http'
import type { WireResponse } from '../../support/http-client'
import type { FuzzRequest } from './requests'

const usual = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
const olderReasons: Readonly<Record<number, string>> = {
  413: 'Request Entity Too Large',
  416: 'Request Range Not Satisfiable',
}

/** What is wrong with an answer, whatever was asked; undefined when nothing is. */
export function flawOf(request: FuzzRequest, response: WireResponse): string | undefined {
  const { status } = response
  if (status >= 500 && !(status === 501 && !usual.has(request.method)))
    return `${status}: ${response.text.slice(0, 200)}`
  if (response.headers['x-powered-by'] !== undefined) return 'names what it is made of'
  if (/\bat .+\.(ts|mjs|js):\d+|node_modules|prisma/i.test(response.text)) return 'shows its insides'
  if (request.method === 'HEAD') return response.body.length === 0 ? undefined : 'has a body for HEAD'
  return status < 400 ? documentFlaw(response) : faultFlaw(request, response)
}

function documentFlaw({ headers, text }: WireResponse): string | undefined {
  return headers['content-type']?.startsWith('application/json') && !isJson(text) ? 'is no JSON' : undefined
}

/** Source of the three forms: images.md 0.1; the identity has one of its own. */
function faultFlaw(request: FuzzRequest, { status, headers, text }: WireResponse): string | undefined {
  const type = headers['content-type']
  const line = `${status} ${olderReasons[status] ?? STATUS_CODES[status] ?? ''}`
  if (request.path.startsWith('/identity') && type === 'application/json') {
    return /^\{"error":\{.*"code":\d+/s.test(text) && isJson(text) ? undefined : 'is no fault of the identity API'
  }
  if (type === 'text/html; charset=UTF-8') {
    const isWhole = text.startsWith(`<html>\n <head>\n  <title>${line}</title>`) && text.endsWith('</html>')
    if (!isWhole) return `is no HTML fault: ${text.slice(0, 100)}`
    const message = text.slice(text.indexOf('</h1>'), text.lastIndexOf('</body>'))
    return /<(?!\/h1>|br \/>|\/?code>|a href)/.test(message.replaceAll('\n', ''))
      ? 'has markup of the client'
      : undefined
  }
  if (type === 'application/json') {
    return isJson(text) && text.includes(`"code": "${line}"`) ? undefined : `is no JSON fault: ${text.slice(0, 100)}`
  }
  if (type === 'text/plain; charset=UTF-8') return text.startsWith(`${line}\n\n`) ? undefined : 'is no plain fault'
  return `has content type ${type}: ${text.slice(0, 100)}`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
