import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, setConfig } from '@/lib/config/load'
import { listening } from '@/lib/runtime/test-server'
import { describeReadConformance, get, hasCode, listing } from '../conformance'
import { registryOf, setStores, storeOfUrl } from '../registry'
import { HttpStore } from './http-store'

const store = new HttpStore({ id: 'web', description: null, weight: 0 })
const { signal } = new AbortController()
const at = (url: string) => ({ storeId: 'web', url })

const open = { GLIMPSE__IMPORTS__ALLOW_PRIVATE_ADDRESSES: 'true', GLIMPSE__IMPORTS__ALLOWED_PORTS: '' }
const closed = { GLIMPSE__IMPORTS__ALLOWED_PORTS: '' }
const configure = (settings: Readonly<Record<string, string>>) =>
  setConfig(loadConfig({ GLIMPSE__LOG__LEVEL: 'silent', ...settings }))

async function serve(listener: RequestListener): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(listener)
  return {
    url: await listening(server),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** As web servers answer for a file. */
function sendFile(bytes: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  if (first === undefined) {
    response.writeHead(200, { 'content-length': bytes.length }).end(request.method === 'HEAD' ? undefined : bytes)
    return
  }
  const start = Number(first)
  const end = Math.min(last === '' || last === undefined ? bytes.length - 1 : Number(last), bytes.length - 1)
  if (start >= bytes.length) {
    response.writeHead(416).end()
    return
  }
  const part = bytes.subarray(start, end + 1)
  const range = `bytes ${start}-${end}/${bytes.length}`
  response.writeHead(206, { 'content-length': part.length, 'content-range': range }).end(part)
}

for (const [name, knowsRanges] of [
  ['http, of a server that knows ranges', true],
  ['http, of one that sends everything', false],
] as const)
  describeReadConformance(name, async () => {
    configure(open)
    const files = new Map<string, Buffer>()
    const server = await serve((request, response) => {
      const bytes = files.get(request.url ?? '')
      if (!knowsRanges) delete request.headers.range
      if (bytes === undefined) response.writeHead(404).end()
      else sendFile(bytes, request, response)
    })
    return {
      store,
      seed: async (bytes) => {
        files.set(`/${files.size}`, bytes)
        return at(`${server.url}/${files.size - 1}`)
      },
      close: async () => {
        setConfig(undefined)
        await server.close()
      },
    }
  })

const redirects: Readonly<Record<string, string>> = {
  moved: '/file',
  inside: 'file:///etc/passwd',
  secret: 'http://u:p@127.0.0.1/',
  odd: 'http://[',
  loop: '/loop',
}

describe('the HTTP store', () => {
  const bytes = randomBytes(300_000)
  let server: Awaited<ReturnType<typeof serve>>
  let asked: string[]

  beforeEach(async () => {
    configure(open)
    asked = []
    server = await serve((request, response) => {
      const path = request.url?.slice(1) ?? ''
      asked.push(`${request.method} /${path}`)
      const location = redirects[path]
      if (location !== undefined) response.writeHead(302, { location }).end()
      else if (path === 'file') sendFile(bytes, request, response)
      else if (path === 'unsized') response.writeHead(200, { 'transfer-encoding': 'chunked' }).end()
      else if (path === 'short') {
        response.writeHead(200, { 'content-length': bytes.length })
        response.write(bytes.subarray(0, 1000), () => response.destroy())
      } else response.writeHead(Number(path)).end('no')
    })
  })
  afterEach(async () => {
    setStores(undefined)
    setConfig(undefined)
    await server.close()
  })

  it('follows redirects, and asks for the size without the data', async () => {
    expect(await store.stat(at(`${server.url}/moved`))).toEqual({ sizeBytes: bytes.length })
    expect(asked).toEqual(['HEAD /moved', 'HEAD /file'])
    expect((await get(store, at(`${server.url}/moved`))).equals(bytes)).toBe(true)
  })

  it('says that data is missing only when the server does', async () => {
    for (const status of [404, 410]) {
      await expect(store.stat(at(`${server.url}/${status}`))).rejects.toSatisfy(hasCode('store_object_missing'))
      const reading = store.openReader(at(`${server.url}/${status}`), { signal })
      await expect(reading).rejects.toSatisfy(hasCode('store_object_missing'))
    }
  })

  it.each(['401', '403', '500', 'inside', 'secret', 'odd', 'loop', 'unsized'])(
    'gives nothing away when the server answers /%s',
    async (path) => {
      const failures = await Promise.all([
        store.stat(at(`${server.url}/${path}`)).catch((error: unknown) => error),
        store.openReader(at(`${server.url}/${path}`), { signal }).catch((error: unknown) => error),
      ])
      for (const failure of failures) {
        expect(failure).toSatisfy(hasCode('store_unavailable'))
        expect(failure).toMatchObject({ message: 'Store unavailable.' })
      }
    },
  )

  it('gives nothing away when nobody listens, and fails when the data ends early', async () => {
    const gone = server.url
    const reader = await store.openReader(at(`${gone}/short`), { signal })
    const target = Buffer.alloc(bytes.length)
    const drain = async () => {
      for (;;) await reader.readInto(target)
    }
    await expect(drain()).rejects.toThrow()
    await reader.close()
    await server.close()
    await expect(store.stat(at(`${gone}/file`))).rejects.toMatchObject({ message: 'Store unavailable.' })
    server = await serve((_, response) => response.end())
  })

  it('stays out of the operator’s network: by address, by name and by redirect', async () => {
    configure(closed)
    const port = new URL(server.url).port
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f000001']) {
      const location = at(`http://${host}:${port}/file`)
      await expect(store.stat(location), host).rejects.toSatisfy(hasCode('store_unavailable'))
      await expect(store.openReader(location, { signal }), host).rejects.toSatisfy(hasCode('store_unavailable'))
    }
    expect(asked).toEqual([])
  })

  it('ends with the caller', async () => {
    const caller = new AbortController()
    const reader = await store.openReader(at(`${server.url}/file`), { signal: caller.signal })
    expect(await reader.readInto(Buffer.alloc(10))).toBe(10)
    caller.abort()
    const drain = async () => {
      for (;;) if ((await reader.readInto(Buffer.alloc(1_000_000))) === 0) return
    }
    await expect(drain()).rejects.toThrow()
    await expect(store.openReader(at(`${server.url}/file`), { signal: caller.signal })).rejects.toThrow('aborted')
  })

  it('takes no data, holds none of ours and removes none', async () => {
    setStores(registryOf([store], 'web'))
    const guarded = storeOfUrl(`${server.url}/file`)
    expect(guarded?.id).toBe('web')
    await expect(guarded?.openWriter('i', { attemptId: 'a', signal })).rejects.toSatisfy(hasCode('store_add_disabled'))
    await store.delete()
    expect(await listing(store)).toEqual([])
    expect(await store.probe()).toMatchObject({ writable: false })
    expect(asked).toEqual([])
  })

  it('lets clients name web addresses and nothing else', () => {
    setStores(registryOf([store], 'web'))
    for (const url of ['http://h/', 'https://h/x']) expect(storeOfUrl(url)?.id).toBe('web')
    for (const url of ['file:///etc/passwd', 'HTTP://h/', 'httpx://h/', 'http:/h', ' http://h/', 'swift+http://h/']) {
      expect(storeOfUrl(url), url).toBeUndefined()
    }
  })
})
