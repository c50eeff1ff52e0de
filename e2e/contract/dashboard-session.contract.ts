import { describe, expect, it } from 'vitest'
import { dashboardCookies } from '../support/dashboard-client.mjs'
import { send } from '../support/http-client'
import { baseUrl } from './support/api'

const path = '/api/ui/session'

describe('the session of the dashboard', () => {
  it('says whose it is and when it ends, which pages ask before they are read anew', async () => {
    const cookie = await dashboardCookies(baseUrl, 'admin', process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '')
    const good = await send(baseUrl, { path, headers: { Cookie: cookie } })
    expect([good.status, good.headers['cache-control']]).toEqual([200, 'no-store'])
    const { endsInSeconds, ...standing } = JSON.parse(good.text)
    expect(standing).toEqual({
      userId: expect.any(String),
      userName: 'admin',
      projectId: expect.any(String),
      projectName: 'admin',
    })
    expect(endsInSeconds).toBeGreaterThan(0)
    for (const headers of [{}, { Cookie: 'next-auth.session-token=nonsense' }]) {
      expect((await send(baseUrl, { path, headers })).status).toBe(401)
    }
  })
})
