import { createServer, get } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, setConfig } from '@/lib/config/load'
import { listening } from '@/lib/runtime/test-server'
import { createDispatcher } from './dispatch'

describe('a path or query that cannot be decoded', () => {
  const dispatch = createDispatcher({ entries: [], pageRoots: [] }, {})
  const server = createServer((message, response) => void dispatch(message, response))
  let origin = ''

  beforeEach(async () => {
    setConfig(loadConfig({ GLIMPSE__LOG__LEVEL: 'silent' }))
    origin = await listening(server)
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
    setConfig(undefined)
  })

  const ask = (path: string) =>
    new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
      const headers = { accept: 'application/json' }
      get(new URL(origin), { path, headers }, async (response) => {
        resolve({ status: response.statusCode, body: JSON.parse(await text(response)) })
      }).on('error', reject)
    })

  it('is answered as the API that it was sent to answers', async () => {
    for (const path of ['/identity/v3/projects?enabled=%c0%80', '/identity/v3/users/%ff']) {
      expect(await ask(path)).toMatchObject({ status: 400, body: { error: { code: 400, title: 'Bad Request' } } })
    }
    expect(await ask('/v2/images?name=%c0%80')).toMatchObject({ status: 400, body: { code: '400 Bad Request' } })
  })
})
