import { send } from './http-client'

/** Signs a person in at the dashboard as its form does; the cookies of the session. */
export async function dashboardCookies(base: URL, userName: string, password: string): Promise<string> {
  const asked = await send(base, { path: '/api/auth/csrf' })
  const { csrfToken } = JSON.parse(asked.text)
  const first = cookiesIn(asked.headers['set-cookie'])
  const form = new URLSearchParams({ csrfToken, userName, password, domainName: 'Default', json: 'true' })
  const answer = await send(base, {
    method: 'POST',
    path: '/api/auth/callback/password',
    headers: { Cookie: first, 'Content-Type': 'application/x-www-form-urlencoded', Origin: base.origin },
    body: form.toString(),
  })
  const session = cookiesIn(answer.headers['set-cookie'])
  if (!session.includes('session-token')) throw new Error(`signing in answered ${answer.status}: ${answer.text}`)
  return `${first}; ${session}`
}

function cookiesIn(header = ''): string {
  return header
    .split(/, (?=[^;,]+=)/)
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ')
}
