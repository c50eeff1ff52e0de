import { texts } from '@/components/ui/texts'

/** Texts of the app's frame: errors and dead ends. */
export const appTexts = texts('app', {
  notFound: {
    title: 'Nothing at this address',
    text: 'The page does not exist, or you may not see it in this project.',
    back: 'Go to images',
  },
  error: {
    title: 'This page could not be shown',
    text: 'The server ran into a problem while making it. What you changed before is safe.',
    reference: (digest: string) => `The server log names it ${digest}.`,
    retry: 'Try again',
  },
  denied: { title: 'Not for your roles' },
  requestId: (id: string) => `Request ${id}`,
} as const)
