import { texts } from '@/components/ui/texts'

/** Texts of the frame around every room. */
export const shellTexts = texts('shell', {
  product: 'Glimpse',
  skip: 'Skip to content',
  rooms: 'Rooms',
  openRooms: 'Open navigation',
  images: 'Images',
  inbox: 'Inbox',
  uploads: 'Uploads',
  tasks: 'Tasks',
  usage: 'Usage',
  waiting: (count: string) => `${count} waiting`,
  project: 'Project',
  noProject: 'No project',
  switchProject: 'Switch project',
  switching: 'Switching project',
  switchFailed: 'The project was not switched',
  domain: (name: string) => `Domain ${name}`,
  account: 'Account',
  accountOf: (name: string) => `Account of ${name}`,
  roles: 'Roles in this project',
  noRoles: 'none',
  manageAccount: 'Account and password',
  signOut: 'Sign out',
} as const)
