import { texts } from '@/components/ui/texts'

/** Texts of the frame that only the server knows when to show. */
export const uiMessages = texts('frame', {
  policyRefused: 'Policy rules are refused',
  policyStays: 'The last good rules stay in force on this node until the mistake is mended.',
} as const)
