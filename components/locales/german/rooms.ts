import type { compareTexts } from '@/components/images/compare-messages'
import type { exportTexts } from '@/components/images/export-messages'
import type { familyTexts } from '@/components/images/family-messages'
import type { savedViewTexts } from '@/components/images/saved-view-messages'
import type { inboxTexts, sharingTexts } from '@/components/images/sharing-messages'
import type { taskTexts } from '@/components/tasks/task-messages'
import { formatCount } from '@/components/ui/format'
import type { Translation } from '@/components/ui/texts'

export const compare: Translation<typeof compareTexts> = {
  title: 'Images vergleichen',
  caption: 'Images nebeneinander',
  fact: 'Merkmal',
  onlyDifferences: 'Nur Unterschiede',
  differ: 'verschieden',
  same: 'Diese Images sind in allem gleich, was hier steht.',
  showAll: 'Alles zeigen',
  emptyTitle: 'Wählen Sie zwei Images',
  emptyText: 'Markieren Sie zwei bis vier Images im Katalog, und wählen Sie Vergleichen.',
  toCatalog: 'Zum Katalog',
  gone: (count) =>
    count === 1
      ? 'Eines der Images gibt es nicht, oder Sie dürfen es nicht sehen. Es wurde weggelassen.'
      : `${count} der Images gibt es nicht, oder Sie dürfen sie nicht sehen. Sie wurden weggelassen.`,
  tooMany: (max) => `Nur die ersten ${max} werden verglichen.`,
  sameData: (names) => `Gleiche Daten, anderer Eintrag: ${names}`,
  sameDataText: 'Ihre Fingerabdrücke sind gleich; Server, die davon starten, bekommen dieselbe Platte.',
  remove: (name) => `${name} herausnehmen`,
  actions: (name) => `Aktionen für ${name}`,
  copyTo: (name) => `Eigenschaften in ${name} kopieren …`,
  nothingToCopy: 'Es hat schon alle',
  copied: (name) => `Eigenschaften in ${name} kopiert`,
  absent: '–',
  sections: {
    record: 'Eintrag',
    access: 'Zugriff und Grenzen',
    data: 'Daten',
    properties: 'Andere Eigenschaften',
  },
  rows: {
    status: 'Status',
    owner: 'Eigentümer',
    created: 'Angelegt',
    updated: 'Geändert',
    visibility: 'Sichtbarkeit',
    protected: 'Geschützt',
    hidden: 'Verborgen',
    minDisk: 'Mindestplatte',
    minRam: 'Mindest-RAM',
    diskFormat: 'Plattenformat',
    containerFormat: 'Containerformat',
    size: 'Größe',
    virtualSize: 'Virtuelle Größe',
    checksum: 'MD5',
    hash: 'Hash',
    stores: 'Speicher',
    tags: 'Tags',
    members: 'Projekte',
  },
}

export const exporting: Translation<typeof exportTexts> = {
  label: 'Export',
  csv: 'CSV',
  csvHint: 'Für Tabellen: alle, die passen, mit den gezeigten Spalten',
  json: 'JSON',
  jsonHint: 'Für Programme: dasselbe, Listen und Zahlen als solche',
}

export const family: Translation<typeof familyTexts> = {
  title: 'Familien',
  intro: 'Images, die Versionen voneinander sind: gleicher Name und Eigentümer, oder gleiches System.',
  ways: 'Familien nach',
  way: { name: 'Nach Namen', os: 'Nach Betriebssystem' },
  scopes: 'Wessen Images',
  scope: { mine: 'Mein Projekt', all: 'Alle, die ich nutzen kann' },
  search: 'Familie suchen',
  searchButton: 'Suchen',
  clear: 'Alle zeigen',
  list: (way, scope) => `Familien: ${way}, ${scope}`,
  count: (count) => (count === 1 ? '1 Version' : `${formatCount(count)} Versionen`),
  hidden: (count) => `${formatCount(count)} verborgen`,
  inAll: (size) => `zusammen ${size}`,
  newest: 'neueste',
  of: 'von',
  empty: 'Noch keine Familien',
  emptyText: 'Versionen erscheinen, wenn zwei Images denselben Namen haben.',
  emptyOs:
    'Versionen erscheinen, wenn zwei Images unter ihren Eigenschaften gleiche os_distro, os_version und architecture haben.',
  noMatch: (text) => `Keine Familie passt zu „${text}“.`,
  toCatalog: 'Zum Katalog',
  notFoundTitle: 'Keine solche Familie',
  notFoundText:
    'Ihre Images wurden gelöscht, heißen inzwischen anders, oder gehören einem Projekt, das sie nicht teilt.',
  versions: 'Versionen, neueste zuerst',
  current: 'neueste brauchbare',
  by: { name: 'Images eines Namens und Eigentümers', os: 'Images eines Betriebssystems' },
  onlyFirst: (count) => `Das sind die neuesten ${formatCount(count)}.`,
  hiddenMark: 'verborgen',
  hiddenHelp: 'Steht nicht mehr in Listen; mit seiner ID kann es noch genutzt werden.',
  sameData: 'gleiche Daten wie die Version davor',
  select: (name, id) => `${name} ${id} auswählen`,
  compareMarked: (count) => `${count} vergleichen`,
  compareHelp: 'Markieren Sie zwei bis vier Versionen, um sie zu vergleichen.',
  retire: 'Ältere zurückziehen …',
  retireLabel: 'Ältere Versionen zurückziehen',
  keep: 'Behalten',
  keepNewest: (count) => (count === 1 ? 'die neueste' : `die neuesten ${count}`),
  hide: 'In Listen verbergen',
  hideHint: 'Mit ihrer ID können sie noch genutzt werden',
  deactivate: 'Deaktivieren',
  deactivateHint: 'Ihre Daten können nicht heruntergeladen werden, keine Server starten davon',
  community: 'Zu Community-Images machen',
  communityHint: 'Nur wer nach Community-Images fragt, findet sie',
  nothingOlder: 'Es gibt keine ältere Version zum Zurückziehen.',
}

export const savedView: Translation<typeof savedViewTexts> = {
  label: 'Gespeicherte Ansichten',
  own: 'Meine',
  shared: 'Von diesem Projekt',
  save: 'Diese Ansicht speichern …',
  manage: 'Ansichten entfernen …',
  title: 'Diese Ansicht speichern',
  name: 'Name',
  nameHelp: 'Behält Filter, Reihenfolge und Spalten. Eine Ansicht desselben Namens wird ersetzt.',
  share: 'Alle in diesem Projekt finden sie',
  confirm: 'Speichern',
  cancel: 'Abbrechen',
  saved: (name) => `${name} ist gespeichert`,
  manageTitle: 'Gespeicherte Ansichten',
  remove: (name) => `${name} entfernen`,
  removed: (name) => `${name} ist entfernt`,
  sharedMark: 'geteilt',
  none: 'Noch ist nichts gespeichert.',
}

export const sharing: Translation<typeof sharingTexts> = {
  title: 'Projekte',
  notSharedTitle: 'Dieses Image wird nicht geteilt',
  notShared: {
    private:
      'Nur dieses Projekt sieht es. Teilen Sie es, um es einzelnen Projekten anzubieten; jedes entscheidet, ob es annimmt.',
    community: 'Jedes Projekt darf es schon nutzen. Um es nur einzelnen Projekten anzubieten, machen Sie es shared.',
    public: 'Jedes Projekt sieht es schon. Um es nur einzelnen Projekten anzubieten, machen Sie es shared.',
  },
  share: 'Dieses Image teilen',
  add: 'Projekten anbieten',
  addLabel: 'Projekt-IDs',
  addHelp:
    'Eine ID oder mehrere, mit Kommas oder Leerzeichen dazwischen. Ein Projekt findet seine ID in seinem Eingang.',
  addPlaceholder: 'etwa 4f9c1a0e7d3b4c55a1b2c3d4e5f60718',
  ownProjects: 'Ihre anderen Projekte',
  offerTo: (name) => `${name} anbieten`,
  offered: (count) => (count === 1 ? '1 Projekt angeboten' : `${formatCount(count)} Projekten angeboten`),
  notOffered: (count) =>
    count === 1 ? '1 Projekt wurde nicht hinzugefügt' : `${formatCount(count)} Projekte wurden nicht hinzugefügt`,
  none: 'Noch keinem Projekt angeboten.',
  since: 'angeboten',
  answered: 'beantwortet',
  remove: (name) => `Nicht mehr mit ${name} teilen`,
  removed: (name) => `Nicht mehr mit ${name} geteilt`,
  linkTitle: 'Link für das andere Projekt',
  linkHelp: 'Wer in einem Projekt arbeitet, dem Sie es angeboten haben, kann diese Seite öffnen, auch vor der Annahme.',
  copyLink: 'Link kopieren',
  status: { pending: 'wartet', accepted: 'angenommen', rejected: 'abgelehnt' },
  statusHelp: {
    pending: 'Das Projekt kann das Image mit seiner ID nutzen und hat noch nicht geantwortet',
    accepted: 'Das Projekt sieht das Image in seiner Liste',
    rejected: 'Das Projekt kann das Image mit seiner ID nutzen, will es aber nicht in seiner Liste',
  },
  offeredToYou: {
    pending: 'Dieses Image wird Ihrem Projekt angeboten.',
    accepted: 'Ihr Projekt hat dieses Image angenommen.',
    rejected: 'Ihr Projekt hat dieses Image abgelehnt.',
  },
  offeredHelp: {
    pending: 'Nehmen Sie es an, um es in Ihren Listen zu sehen. Bis dahin ist es nur mit seiner ID zu finden.',
    accepted: 'Es steht in Ihren Listen. Sein Eigentümer kann jederzeit aufhören, es zu teilen.',
    rejected: 'Es steht nicht in Ihren Listen. Sie können es später annehmen.',
  },
  accept: 'Annehmen',
  reject: 'Ablehnen',
  leave: 'Aus meinen Listen nehmen',
  accepted: (name) => `${name} steht jetzt in Ihren Listen`,
  rejected: (name) => `${name} ist abgelehnt`,
  back: (name) => `${name} wartet wieder auf Ihre Antwort`,
}

export const inbox: Translation<typeof inboxTexts> = {
  title: 'Eingang',
  intro: 'Images, die andere Projekte diesem anbieten.',
  views: 'Angebote',
  view: { pending: 'Warten', accepted: 'Angenommen', rejected: 'Abgelehnt' },
  from: 'Von',
  offered: 'Angeboten',
  unknownOwner: 'niemand',
  empty: {
    pending: 'Diesem Projekt wird nichts angeboten',
    accepted: 'Noch nichts angenommen',
    rejected: 'Nichts abgelehnt',
  },
  emptyText: {
    pending: 'Wer ein Image mit Ihnen teilen will, braucht die ID dieses Projekts:',
    accepted: 'Was Sie hier annehmen, steht in Ihrer Liste der Images unter „Mit mir geteilt“.',
    rejected: 'Was Sie ablehnen, bleibt hier, falls Sie es sich anders überlegen.',
  },
  copyProject: 'ID dieses Projekts kopieren',
  list: (view) => `Angebote: ${view}`,
  answers: (name) => `Das Angebot von ${name} beantworten`,
}

export const task: Translation<typeof taskTexts> = {
  title: 'Aufgaben',
  intro: 'Importe und Kopien, die im Hintergrund laufen. Jede wird nach ihrem Ende noch eine Weile behalten.',
  views: 'Aufgaben nach Stand',
  view: { all: 'Alle', running: 'Laufend', failed: 'Gescheitert', done: 'Fertig', bulk: 'Änderungen an vielen Images' },
  kind: {
    'glance-direct': 'Import hochgeladener Daten',
    'web-download': 'Import von einer Webadresse',
    'copy-image': 'Kopie in Speicher',
    'glance-download': 'Import aus einer anderen Region',
    location: 'Blick auf einen Speicherort',
    unknown: 'Aufgabe',
  },
  status: { pending: 'wartet', processing: 'läuft', success: 'fertig', failure: 'gescheitert' },
  of: 'Image',
  goneImage: 'ein Image, das fort ist',
  to: 'Nach',
  from: 'Von',
  started: 'Verlangt',
  ended: 'Beendet',
  took: 'Dauer',
  forgotten: 'Behalten bis',
  tries: 'Versuche',
  project: 'Projekt',
  request: 'Anfrage-ID',
  id: 'Aufgaben-ID',
  details: 'Einzelheiten',
  input: 'Was verlangt wurde',
  inputCaption: 'Eingabe der Aufgabe als JSON',
  progress: (kind) => `Fortschritt: ${kind}`,
  list: (view) => `Aufgaben: ${view}`,
  empty: {
    all: 'In letzter Zeit ist nichts gelaufen',
    running: 'Es läuft nichts',
    failed: 'Nichts ist gescheitert',
    done: 'In letzter Zeit ist nichts fertig geworden',
    bulk: 'In letzter Zeit wurden nicht viele Images auf einmal geändert',
  },
  emptyText: 'Aufgaben beginnen, wenn ein Image importiert oder in einen anderen Speicher kopiert wird.',
  bulk: {
    emptyText:
      'Markieren Sie Images in der Liste, und wählen Sie, was mit ihnen geschehen soll. Was aus jedem wurde, steht dann hier.',
    unknown: 'Eine Änderung einer anderen Version',
    you: 'Sie',
    other: 'jemand aus diesem Projekt',
    results: 'Was nicht geändert wurde, und warum',
  },
  emptyOfImage: 'In dieses Image wurde in letzter Zeit nichts importiert oder kopiert.',
  back: 'Alle Aufgaben',
  notFoundTitle: 'Keine solche Aufgabe',
  notFoundText: 'Es gab sie nie, sie ist vergessen, oder sie gehört einem anderen Projekt.',
  copyOf: (what) => `${what} kopieren`,
  seconds: (seconds) => {
    if (seconds < 60) return `${formatCount(Math.max(0, Math.round(seconds)))} s`
    const minutes = Math.floor(seconds / 60)
    if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`
    return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`
  },
  toImage: 'Zum Image',
}
