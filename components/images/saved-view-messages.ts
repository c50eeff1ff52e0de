import { texts } from '@/components/ui/texts'

/** Texts of the menu of saved views. */
export const savedViewTexts = texts('savedView', {
  label: 'Saved views',
  own: 'Mine',
  shared: 'Of this project',
  save: 'Save this view…',
  manage: 'Remove views…',
  title: 'Save this view',
  name: 'Name',
  nameHelp: 'Keeps the filters, the order and the columns. A view of the same name is replaced.',
  share: 'Everybody in this project finds it',
  confirm: 'Save',
  cancel: 'Cancel',
  saved: (name: string) => `${name} is saved`,
  manageTitle: 'Saved views',
  remove: (name: string) => `Remove ${name}`,
  removed: (name: string) => `${name} is removed`,
  sharedMark: 'shared',
  none: 'Nothing is saved yet.',
} as const)
