import { texts } from '@/components/ui/texts'

/** Texts of signing in and choosing a project. */
export const signInTexts = texts('signIn', {
  title: 'Sign in',
  userName: 'User name',
  password: 'Password',
  domain: 'Domain',
  domainHelp: 'Most clouds have one, called Default.',
  otherDomain: 'Another domain',
  submit: 'Sign in',
  over: 'Your session has ended. Sign in again to go on where you were.',
  builtin: 'With an account of this service',
  keystone: 'With your OpenStack account',
  errors: {
    sign_in_refused: 'The user name or the password is wrong, or the account is disabled.',
    too_many_requests: 'Too many attempts. Wait a minute, then try again.',
    identity_unavailable: 'The identity service does not answer. Nobody can sign in until it does.',
    other: 'Signing in failed. Try again; if it stays, tell your administrator.',
  },
  scope: {
    title: 'Choose a project',
    text: 'Images belong to projects. You can switch later in the top bar.',
    none: 'You have no role in any project yet. Ask an administrator of the cloud for one.',
    noneTitle: 'No project to enter',
    roles: (names: readonly string[]) => names.join(', '),
    enter: (name: string) => `Enter ${name}`,
    other: 'Sign in as somebody else',
  },
} as const)
