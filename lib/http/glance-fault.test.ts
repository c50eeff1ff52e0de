import { describe, expect, it } from 'vitest'
import { apiError } from '@/lib/errors/api-error'
import { glanceFault } from './glance-fault'

const get = (accept: string | undefined) => ({ method: 'GET', accept, contentType: undefined })
const missing = apiError('image_not_found', { public: 'No image found with ID nosuch' })

describe('glanceFault', () => {
  it('sends HTML, byte for byte, to whoever accepts anything', () => {
    const response = glanceFault(missing, get('*/*'))
    expect(response.headers['content-type']).toBe('text/html; charset=UTF-8')
    expect(response.body).toBe(
      '<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n' +
        '  No image found with ID nosuch<br /><br />\n\n\n\n </body>\n</html>',
    )
  })

  it('sends plain text without an Accept header', () => {
    const response = glanceFault(missing, get(undefined))
    expect(response.headers['content-type']).toBe('text/plain; charset=UTF-8')
    expect(response.body).toBe('404 Not Found\n\nNo image found with ID nosuch\n\n   ')
  })

  it('sends JSON with the code as text only when HTML is not wanted', () => {
    const response = glanceFault(missing, get('application/json'))
    expect(response.body).toBe(
      '{"message": "No image found with ID nosuch<br /><br />\\n\\n\\n", "code": "404 Not Found", "title": "Not Found"}',
    )
    expect(glanceFault(missing, get('application/json, text/plain, */*')).headers['content-type']).toContain('html')
  })

  it('escapes markup and quotes in HTML and leaves them in JSON', () => {
    const error = apiError('bad_request', { public: `<b>'"&` })
    expect(glanceFault(error, get('text/html')).body).toContain('&lt;b&gt;&#x27;&quot;&amp;')
    expect(JSON.parse(String(glanceFault(error, get('application/json')).body)).message).toBe(
      `<b>'"&<br /><br />\n\n\n`,
    )
  })

  it('puts detail-shaped texts behind the generic sentence', () => {
    const error = apiError('conflict', { public: 'Property x does not exist.', shape: 'detail' })
    expect(JSON.parse(String(glanceFault(error, get('application/json')).body)).message).toBe(
      'There was a conflict when trying to complete your request.<br /><br />\nProperty x does not exist.\n\n',
    )
  })

  it('names the media type of a 415, or the placeholder when there was none', () => {
    const error = apiError('unsupported_media_type', { public: 'Invalid content type a/b' })
    expect(glanceFault(error, { method: 'PUT', accept: 'text/html', contentType: 'a/b' }).body).toContain(
      'The request media type a/b is not supported by this server.\n<br /><br />\nInvalid content type a/b',
    )
    expect(glanceFault(error, { method: 'PUT', accept: 'text/html', contentType: undefined }).body).toContain(
      ['$', '{CONTENT_TYPE}'].join(''),
    )
  })

  it('names 413 and 416 as Glance does, not as Node does', () => {
    const large = glanceFault(apiError('quota_exceeded', { public: 'x' }), get('*/*'))
    expect(large.body).toContain('<title>413 Request Entity Too Large</title>')
    const range = glanceFault(apiError('range_not_satisfiable', { public: 'x' }), get('application/json'))
    expect(JSON.parse(String(range.body))).toMatchObject({
      code: '416 Request Range Not Satisfiable',
      title: 'Request Range Not Satisfiable',
    })
  })

  it('shows nothing of an error that is not ours', () => {
    const response = glanceFault(new Error('password=1'), get('*/*'))
    expect(response.status).toBe(500)
    expect(response.body).not.toContain('password')
  })
})
