import { texts } from '@/components/ui/texts'

/** Texts of the account page and of what leads to it. */
export const accountTexts = texts('account', {
  title: 'Account',
  user: 'User',
  domain: 'Domain',
  project: 'Project',
  roles: 'Roles in this project',
  none: 'none',
  changePassword: 'Change password',
  changePasswordText: 'All your sessions and tokens end with it, also those of programs; then sign in again.',
  present: 'Present password',
  fresh: 'New password',
  repeat: 'New password again',
  help: 'At least 12 characters. A sentence is good.',
  submit: 'Change password',
  tooShort: 'The new password needs at least 12 characters.',
  differs: 'The two new passwords differ.',
  elsewhere: 'Your password belongs to the cloud’s identity service and is changed there.',
  mustChange: 'You are using the password that was printed at the first start.',
  change: 'Change it',
} as const)
