// A session of the dashboard, for tests and benches.

/**
 * Signs a person in as the form does; the cookies of the session as a header has them. Throws when it is refused.
 * @param {URL | string} base
 * @param {string} userName
 * @param {string} password
 * @returns {Promise<string>}
 */
export async function dashboardCookies(base, userName, password) {
  const asked = await fetch(new URL('/api/auth/csrf', base))
  const { csrfToken } = await asked.json()
  const first = cookiesIn(asked)
  const answer = await fetch(new URL('/api/auth/callback/password', base), {
    method: 'POST',
    redirect: 'manual',
    headers: { Cookie: first, Origin: new URL(base).origin },
    body: new URLSearchParams({ csrfToken, userName, password, domainName: 'Default', json: 'true' }),
  })
  const session = cookiesIn(answer)
  if (!session.includes('session-token')) {
    throw new Error(`signing in answered ${answer.status}: ${await answer.text()}`)
  }
  return `${first}; ${session}`
}

/**
 * Cookies of a header as Playwright takes them.
 * @param {string} url
 * @param {string} header
 */
export function cookiesFor(url, header) {
  return header.split('; ').map((pair) => {
    const equals = pair.indexOf('=')
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1), url }
  })
}

function cookiesIn(response) {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ')
}
