/** Catalogs of the app, which components do not know; `app/german.test.ts` compares them with the English ones. */

/** Those of the frame that only the server knows when to show. */
export const frame = {
  policyRefused: 'Policy-Regeln wurden abgelehnt',
  policyStays: 'Auf diesem Knoten gelten die letzten guten Regeln, bis der Fehler behoben ist.',
} as const

export const signIn = {
  title: 'Anmelden',
  userName: 'Benutzername',
  password: 'Passwort',
  domain: 'Domäne',
  domainHelp: 'Die meisten Clouds haben eine, sie heißt Default.',
  otherDomain: 'Andere Domäne',
  submit: 'Anmelden',
  over: 'Ihre Sitzung ist abgelaufen. Melden Sie sich an, um dort weiterzumachen, wo Sie waren.',
  builtin: 'Mit einem Konto dieses Dienstes',
  keystone: 'Mit Ihrem OpenStack-Konto',
  errors: {
    sign_in_refused: 'Benutzername oder Passwort ist falsch, oder das Konto ist gesperrt.',
    too_many_requests: 'Zu viele Versuche. Warten Sie eine Minute, und versuchen Sie es dann noch einmal.',
    identity_unavailable: 'Der Identitätsdienst antwortet nicht. Solange kann sich niemand anmelden.',
    other:
      'Die Anmeldung ist gescheitert. Versuchen Sie es noch einmal; bleibt es dabei, sagen Sie es Ihrem Administrator.',
  },
  scope: {
    title: 'Projekt wählen',
    text: 'Images gehören Projekten. Sie können später oben wechseln.',
    none: 'Sie haben noch in keinem Projekt eine Rolle. Bitten Sie einen Administrator der Cloud darum.',
    noneTitle: 'Kein Projekt, das Sie betreten können',
    enter: (name: string) => `${name} betreten`,
    other: 'Mit einem anderen Konto anmelden',
  },
} as const

export const account = {
  title: 'Konto',
  user: 'Benutzer',
  domain: 'Domäne',
  project: 'Projekt',
  roles: 'Rollen in diesem Projekt',
  none: 'keine',
  changePassword: 'Passwort ändern',
  changePasswordText:
    'Alle Ihre Sitzungen und Token enden damit, auch die von Programmen; melden Sie sich dann neu an.',
  present: 'Aktuelles Passwort',
  fresh: 'Neues Passwort',
  repeat: 'Neues Passwort noch einmal',
  help: 'Mindestens 12 Zeichen. Ein Satz ist gut.',
  submit: 'Passwort ändern',
  tooShort: 'Das neue Passwort braucht mindestens 12 Zeichen.',
  differs: 'Die beiden neuen Passwörter sind verschieden.',
  elsewhere: 'Ihr Passwort gehört dem Identitätsdienst der Cloud und wird dort geändert.',
  mustChange: 'Sie benutzen das Passwort, das beim ersten Start ausgegeben wurde.',
  change: 'Ändern',
} as const

export const app = {
  notFound: {
    title: 'Unter dieser Adresse ist nichts',
    text: 'Die Seite gibt es nicht, oder Sie dürfen sie in diesem Projekt nicht sehen.',
    back: 'Zu den Images',
  },
  error: {
    title: 'Diese Seite konnte nicht gezeigt werden',
    text: 'Der Server stieß dabei auf ein Problem. Was Sie vorher geändert haben, ist sicher.',
    reference: (digest: string) => `Im Protokoll des Servers heißt es ${digest}.`,
    retry: 'Noch einmal',
  },
  denied: { title: 'Nicht für Ihre Rollen' },
  requestId: (id: string) => `Anfrage ${id}`,
} as const
