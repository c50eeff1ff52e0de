/** Texts of the frame around every room. */
export const shellTexts = {
  product: 'Glimpse',
  skip: 'Skip to content',
  rooms: 'Rooms',
  openRooms: 'Open navigation',
  images: 'Images',
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
  signOut: 'Sign out',
} as const
