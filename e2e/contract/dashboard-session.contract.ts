import { describe, expect, it } from 'vitest'
import { dashboardCookies } from '../support/dashboard-client.mjs'
import { send } from '../support/http-client'
import { baseUrl } from './support/api'

const path = '/api/ui/session'

describe('the session of the dashboard', () => {
  it('is good until it is not there, which pages ask before they are read anew', async () => {
    const cookie = await dashboardCookies(baseUrl, 'admin', process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '')
    const good = await send(baseUrl, { path, headers: { Cookie: cookie } })
    expect([good.status, good.text, good.headers['cache-control']]).toEqual([204, '', 'no-store'])
    for (const headers of [{}, { Cookie: 'next-auth.session-token=nonsense' }]) {
      expect((await send(baseUrl, { path, headers })).status).toBe(401)
    }
  })
})
