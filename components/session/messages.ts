import { texts } from '@/components/ui/texts'

/** Texts about the session that a page lives in. */
export const sessionTexts = texts('session', {
  overTitle: 'Your session has ended',
  overText: (user: string) => `Sign in again as ${user} to go on here. What you typed is still there.`,
  over: 'Nothing can be changed until you sign in again.',
  password: 'Password',
  signIn: 'Sign in',
  signInAgain: 'Sign in again',
  newTab: 'Sign in in a new tab',
  newTabHelp: 'This page notices by itself.',
  later: 'Not now',
  endsTitle: (time: string) => `Your session ends at ${time}`,
  ends: 'Sign in again before that to go on without a break.',
  renewText: (user: string) => `Sign in again as ${user}; this page stays as it is.`,
  elsewhereTitle: 'You are in another project now',
  elsewhereText: (own: string, other: string | null) =>
    other === null
      ? `You are signed in again, in no project yet. This page belongs to ${own}.`
      : `You are signed in again, in the project ${other}. This page belongs to ${own}.`,
  goOnIn: (project: string) => `Go on in ${project}`,
  loadAnew: 'Load the page anew',
  otherUser: (user: string) => `${user} is signed in now`,
  otherUserText: 'The page was loaded anew, because it belonged to somebody else.',
} as const)
