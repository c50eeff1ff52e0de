import type { sessionTexts } from '@/components/session/messages'
import type { Translation } from '@/components/ui/texts'

export const session: Translation<typeof sessionTexts> = {
  overTitle: 'Ihre Sitzung ist abgelaufen',
  overText: (user) =>
    `Melden Sie sich wieder als ${user} an, um hier weiterzumachen. Was Sie eingegeben haben, ist noch da.`,
  over: 'Bis Sie sich wieder anmelden, lässt sich nichts ändern.',
  password: 'Passwort',
  signIn: 'Anmelden',
  signInAgain: 'Wieder anmelden',
  newTab: 'In einem neuen Tab anmelden',
  newTabHelp: 'Diese Seite merkt es von selbst.',
  later: 'Nicht jetzt',
  endsTitle: (time) => `Ihre Sitzung endet um ${time}`,
  ends: 'Melden Sie sich vorher wieder an, um ohne Unterbrechung weiterzumachen.',
  renewText: (user) => `Melden Sie sich wieder als ${user} an; diese Seite bleibt, wie sie ist.`,
  elsewhereTitle: 'Sie sind jetzt in einem anderen Projekt',
  elsewhereText: (own, other) =>
    other === null
      ? `Sie sind wieder angemeldet, noch in keinem Projekt. Diese Seite gehört zu ${own}.`
      : `Sie sind wieder angemeldet, im Projekt ${other}. Diese Seite gehört zu ${own}.`,
  goOnIn: (project) => `Weiter in ${project}`,
  loadAnew: 'Seite neu laden',
  otherUser: (user) => `Jetzt ist ${user} angemeldet`,
  otherUserText: 'Die Seite wurde neu geladen, weil sie jemand anderem gehörte.',
}
