/** The only reader of `process.env` in lib. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env
}

/** next-auth takes its public address from the environment alone: the given one, or else each request's own host. */
export function setAuthAddress(url: string | undefined): void {
  if (url === undefined) process.env.AUTH_TRUST_HOST = 'true'
  else process.env.NEXTAUTH_URL = url
}
