import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, setConfig } from '@/lib/config/load'
import { setClock } from '@/lib/runtime/clock'
import { setProcessSingleton } from '@/lib/runtime/process-singleton'
import { findKeystoneLimits } from './limits'

/** A Keystone that knows limits; `asked` are the questions in their order. */
describe('limits in Keystone', () => {
  let server: Server
  let asked: string[] = []
  let isDown = false
  let services: object[] = []
  const registered = (region_id: string | null, default_limit: number) => ({
    resource_name: 'image_count_total',
    region_id,
    default_limit,
  })
  const own = (project_id: string, resource_limit: number) => ({
    ...{ resource_name: 'image_count_total', region_id: 'RegionOne', project_id, resource_limit },
  })

  beforeEach(async () => {
    ;[asked, isDown, services] = [[], false, [{ id: 's' }]]
    server = createServer((request, response) => {
      const url = request.url ?? ''
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        asked.push(
          `${request.method} ${url}${url.endsWith('/auth/tokens') ? ` ${JSON.parse(body).auth.scope.system?.all}` : ''}`,
        )
        const answer = (status: number, value: unknown) => {
          response.writeHead(status, { 'content-type': 'application/json', 'x-subject-token': 'token' })
          response.end(JSON.stringify(value))
        }
        if (isDown) return answer(503, {})
        const user = { id: 'u', name: 'u', domain: { id: 'd', name: 'd' } }
        if (url.includes('/auth/tokens')) return answer(201, { token: { user, expires_at: '2999-01-01T00:00:00Z' } })
        if (url.includes('/services')) return answer(200, { services })
        if (url.includes('/endpoints/')) return answer(200, { endpoint: { service_id: 'e', region_id: 'Two' } })
        if (url.includes('/registered_limits')) {
          return answer(200, {
            registered_limits: [registered('RegionOne', 10), registered('Two', 20), registered(null, 30)],
          })
        }
        return answer(200, { limits: [own('p', 5), own('other', 6)] })
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    configure()
  })
  afterEach(async () => {
    setClock(undefined)
    setConfig(undefined)
    for (const name of ['keystone-limits', 'keystone-session']) setProcessSingleton(name, undefined)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const configure = (settings: Readonly<Record<string, string>> = {}) => {
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : ''
    setConfig(
      loadConfig({
        GLIMPSE__IDENTITY__BACKEND: 'keystone',
        GLIMPSE__KEYSTONE__AUTH_URL: `http://127.0.0.1:${port}/v3`,
        GLIMPSE__KEYSTONE__USERNAME: 'glance',
        GLIMPSE__KEYSTONE__PASSWORD: 'secret',
        GLIMPSE__LOG__LEVEL: 'silent',
        ...settings,
      }),
    )
  }
  const later = (seconds: number) => setClock({ now: () => new Date(Date.now() + seconds * 1000) })

  it('gives those of our service and region, defaults before the own ones of the project', async () => {
    expect(await findKeystoneLimits('p')).toEqual([
      { resourceName: 'image_count_total', regionId: 'RegionOne', limit: 10 },
      { resourceName: 'image_count_total', regionId: '', limit: 30 },
      { resourceName: 'image_count_total', regionId: 'RegionOne', limit: 5 },
    ])
    // A token of a project would see that project's limits alone.
    expect(asked.slice(0, 2)).toEqual(['POST /v3/auth/tokens true', 'GET /v3/services?type=image'])
    expect(asked.slice(2).sort()).toEqual([
      'GET /v3/limits?service_id=s&project_id=p',
      'GET /v3/registered_limits?service_id=s',
    ])
  })

  it('goes by the endpoint that is configured', async () => {
    configure({ GLIMPSE__LIMITS__ENDPOINT_ID: 'x' })
    expect(await findKeystoneLimits('p')).toEqual([
      { resourceName: 'image_count_total', regionId: 'Two', limit: 20 },
      { resourceName: 'image_count_total', regionId: '', limit: 30 },
    ])
    expect(asked).toContain('GET /v3/endpoints/x')
  })

  it('asks once for many who wait, and again when the answer is old', async () => {
    await Promise.all(Array.from({ length: 20 }, () => findKeystoneLimits('p')))
    await findKeystoneLimits('p')
    expect(asked).toHaveLength(4)
    later(31)
    await findKeystoneLimits('p')
    expect(asked).toHaveLength(6)
    await findKeystoneLimits('other')
    expect(asked).toHaveLength(8)
  })

  it('holds to what was said last while Keystone is away, and refuses without it', async () => {
    const before = await findKeystoneLimits('p')
    isDown = true
    later(31)
    expect(await findKeystoneLimits('p')).toEqual(before)
    await expect(findKeystoneLimits('other')).rejects.toMatchObject({ code: 'identity_unavailable' })
    isDown = false
    later(60)
    expect(await findKeystoneLimits('p')).toEqual(before)
  })

  it('does not guess which of several image services is ours', async () => {
    services = [{ id: 's' }, { id: 't' }]
    await expect(findKeystoneLimits('p')).rejects.toMatchObject({ code: 'identity_unavailable' })
  })
})
