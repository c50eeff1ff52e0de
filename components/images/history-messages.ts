import { texts } from '@/components/ui/texts'

/** Texts of an image's history. */
export const historyTexts = texts('history', {
  label: 'History',
  notYours: 'Only the project that owns an image, and administrators, see who changed it.',
  empty: 'Nothing is recorded of this image.',
  kinds: {
    'image.create': 'created the image',
    'image.prepare': 'began to send its data',
    'image.upload': 'sent its data',
    'image.activate': 'made it active',
    'image.update': 'changed it',
    'image.delete': 'deleted it',
    'image.member.create': 'offered it to',
    'image.member.update': 'answered the offer for',
    'image.member.delete': 'took back the offer to',
  } as Readonly<Record<string, string>>,
  refused: (what: string) => `tried ${what}, which was refused`,
  you: 'You',
  somebody: 'Somebody',
  user: (id: string) => `User ${id}`,
  service: 'The service',
  absent: 'not there',
  became: 'became',
  revert: 'Take back…',
  revertTitle: 'Take this change back?',
  revertHelp: 'What others have changed since stays as it is.',
  cancel: 'Cancel',
  confirm: 'Take back',
  reverted: 'The change is taken back',
  older: 'Older',
  newest: 'Newest',
} as const)
