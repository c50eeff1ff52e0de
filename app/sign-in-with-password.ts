import { signInTexts } from './(auth)/messages'

export interface Credentials {
  readonly userName: string
  readonly password: string
  /** the usual one when empty */
  readonly domainName: string
}

/** As large as half of the sign-in page, so it is loaded while a form is filled in. */
export const loadSignIn = () => import('next-auth/react')

/** Opens a session in the place of the browser's present one; a sentence when it was refused. */
export async function signInWithPassword(credentials: Credentials): Promise<string | null> {
  const result = await loadSignIn()
    .then(({ signIn }) => signIn('password', { redirect: false, ...credentials }))
    .catch(() => undefined)
  return result?.ok && !result.error ? null : sentenceOf(result?.error ?? 'other')
}

function sentenceOf(code: string): string {
  const { errors } = signInTexts
  return Object.hasOwn(errors, code) ? errors[code as keyof typeof errors] : errors.other
}
