import type { checkTexts } from '@/components/images/checks-messages'
import type { detailTexts } from '@/components/images/detail-messages'
import type { downloadTexts } from '@/components/images/download-messages'
import type { editTexts } from '@/components/images/edit-messages'
import type { historyTexts } from '@/components/images/history-messages'
import type { locationTexts } from '@/components/images/locations-messages'
import type { securityTexts } from '@/components/images/security-messages'
import type { snippetTexts } from '@/components/images/use-messages'
import type { Translation } from '@/components/ui/texts'

export const detail: Translation<typeof detailTexts> = {
  tabsLabel: 'Teile dieses Images',
  tabs: {
    overview: 'Überblick',
    properties: 'Eigenschaften',
    sharing: 'Teilen',
    locations: 'Speicherorte',
    tasks: 'Aufgaben',
    security: 'Sicherheit',
    history: 'Verlauf',
    use: 'Verwenden',
    raw: 'JSON',
  },
  version: (position, count) => `Version ${position} von ${count}`,
  newest: 'neueste:',
  isNewest: 'die neueste',
  download: 'Herunterladen',
  cancel: 'Abbrechen',
  notFoundTitle: 'Dieses Image gibt es nicht',
  notFoundText:
    'Es hat nie existiert, wurde gelöscht, oder gehört einem anderen Projekt, das es nicht mit diesem teilt.',
  back: 'Zu den Images',
  loading: 'Das Image wird geladen',
  facts: {
    data: 'Daten',
    record: 'Eintrag',
    rules: 'Zugriff und Grenzen',
    status: 'Status',
    diskFormat: 'Disk-Format',
    containerFormat: 'Container-Format',
    size: 'Größe',
    virtualSize: 'Virtuelle Größe',
    stores: 'Stores',
    owner: 'Eigentümer',
    created: 'Angelegt',
    updated: 'Geändert',
    visibility: 'Sichtbarkeit',
    minDisk: 'Platte mindestens',
    minRam: 'RAM mindestens',
    protected: 'Geschützt',
    hidden: 'In Listen verborgen',
  },
  noOwner: 'niemand',
  ownProject: 'dieses Projekt',
  noMinimum: 'keine Vorgabe',
  copyOf: (what) => `${what} kopieren`,
  tags: 'Tags',
  noTags: 'Noch keine Tags.',
  tagAdded: (tag) => `Tag ${tag} hinzugefügt`,
  tagRemoved: (tag) => `Tag ${tag} entfernt`,
  properties: 'Eigenschaften',
  noProperties: 'Keine eigenen Eigenschaften.',
  edit: 'Bearbeiten',
  change: 'Ändern',
  changeVisibility: 'Sichtbarkeit ändern',
  exposeTitle: (visibility) => `Dieses Image ${visibility} machen?`,
  expose: {
    public:
      'Jedes Projekt dieser Cloud wird es in seiner Liste sehen, Server davon starten und seine Daten herunterladen können.',
    community:
      'Jedes Projekt dieser Cloud kann dann Server davon starten und seine Daten herunterladen. Es findet, wer nach Community-Images fragt.',
  },
  exposeConfirm: (visibility) => `${visibility} machen`,
  waiting: {
    title: 'Dieses Image wartet auf seine Daten',
    text: 'Wählen Sie die Datei, die hochgeladen werden soll. Es geht weiter, während Sie andere Seiten ansehen.',
    notAllowed: 'Senden muss sie jemand, der Daten in dieses Image hochladen darf.',
    upload: 'Hochladen',
    elsewhere: 'Daten werden gerade von anderswo gesendet. Diese Seite zeigt, wie es weitergeht.',
    refused: 'Die Formate wurden nicht geändert',
  },
  killed: 'Ein Upload ist gescheitert, und das Image ist nicht zu gebrauchen. Löschen Sie es, und legen Sie es neu an.',
  deactivated:
    'Ein Administrator hat dieses Image deaktiviert. Seine Daten können nicht heruntergeladen werden, bis es reaktiviert ist.',
  rawLabel: 'Image als JSON',
  rawHelp: 'Was die Image API antwortet auf',
  copyJson: 'JSON kopieren',
}

export const edit: Translation<typeof editTexts> = {
  name: 'Name',
  editName: 'Namen bearbeiten',
  description: 'Beschreibung',
  noDescription: 'Noch keine Beschreibung.',
  editDescription: 'Bearbeiten',
  addDescription: 'Beschreiben',
  save: 'Speichern',
  cancel: 'Abbrechen',
  renamed: (name) => `Heißt jetzt ${name}`,
  unnamed: 'Der Name ist entfernt',
  described: 'Die Beschreibung ist geändert',
  tooLong: (max) => `Höchstens ${max} Zeichen`,
}

export const check: Translation<typeof checkTexts> = {
  label: 'Prüfungen',
  more: 'Sicherheit',
  format: (format) => `Inhalt war ${format} wie eingetragen`,
  noFormat: 'Inhalt von diesem Dienst nicht bestätigt',
  hash: (algorithm) => `${algorithm.toUpperCase().replace(/^SHA/, 'SHA-')} eingetragen`,
  noHash: 'kein Fingerabdruck eingetragen',
  minimum: 'Mindestgröße der Platte passt',
  minimumUnset: (gib) => `keine Mindestgröße der Platte gesetzt, nötig sind ${gib} GiB`,
  minimumSmall: (set, needed) => `Mindestgröße der Platte ist ${set} GiB, nötig sind ${needed} GiB`,
  signed: 'signiert, hier nicht geprüft',
  signatureIncomplete: 'Signatur unvollständig',
  copyFailed: (stores) => `letzter Import hat ${stores} nicht erreicht`,
}

export const download: Translation<typeof downloadTexts> = {
  title: 'Herunterladen',
  button: (size) => `${size} herunterladen`,
  denied: 'Die Regeln dieser Cloud erlauben Ihnen nicht, es herunterzuladen.',
  deactivated: 'Es ist deaktiviert; nur Administratoren können es herunterladen.',
  noData: 'Es hat noch keine Daten.',
  compare: 'Vergleichen Sie die Datei mit diesem Wert, wenn sie da ist.',
  resume:
    'Mit einem Token in OS_TOKEN (siehe Verwenden) macht diese Zeile nach einer Unterbrechung dort weiter, wo sie aufgehört hat.',
  command: 'Mit curl herunterladen',
}

export const location: Translation<typeof locationTexts> = {
  title: 'Stores',
  intro: (there, all) =>
    there === 0 ? 'Kein Store hat Daten dieses Images.' : `Seine Daten sind in ${there} von ${all} Stores.`,
  hidden: 'Solange das Image deaktiviert ist, sehen nur Administratoren, wo seine Daten sind.',
  noData:
    'Es hat noch keine Daten. Sobald es welche hat, zeigt diese Seite, wo sie liegen, und kopiert sie in andere Stores.',
  state: { there: 'hat die Daten', coming: 'unterwegs', absent: 'nicht hier' },
  readFirst: 'zuerst gelesen',
  isDefault: 'Standard',
  readOnly: 'nur lesbar',
  lost: 'nicht mehr eingerichtet',
  failed: 'Die letzte Kopie in diesen Store ist gescheitert.',
  address: (storeId) => `Adresse in ${storeId} kopieren`,
  copy: 'Hierher kopieren …',
  copyTo: (storeId) => `Nach ${storeId} kopieren`,
  copyAll: 'In alle anderen kopieren …',
  remove: 'Entfernen …',
  removeFrom: (storeId) => `Aus ${storeId} entfernen`,
  copyBlock: {
    'not-active': 'Nur ein aktives Image kann kopiert werden',
    'no-formats': 'Erst müssen seine Formate gesetzt werden',
    busy: 'Ein anderer Import oder eine andere Kopie läuft',
    'read-only': 'Dieser Store nimmt jetzt keine Daten an',
    'being-removed': 'Seine früheren Daten werden noch aus diesem Store entfernt',
  },
  removeBlock: {
    'not-active': 'Daten können nur aus einem aktiven Image entfernt werden',
    last: 'Die einzige Kopie; um sie zu entfernen, löschen Sie das Image',
    'not-configured': 'Dieser Knoten kennt den Store nicht',
  },
  copyTitle: (names) => `Nach ${names.join(', ')} kopieren?`,
  copyText: (size, count) =>
    count === 1 ? `${size} werden geschrieben.` : `${size} werden in jeden von ${count} Stores geschrieben.`,
  copyHelp: 'Die Kopie läuft im Hintergrund; das Image kann derweil verwendet werden. Sie zählt zur Quota.',
  free: (storeId, size) => `${storeId} hat ${size} frei`,
  tooSmall: (storeId, size) => `${storeId} hat nur ${size} frei`,
  copyConfirm: 'Kopieren',
  copyBegun: (names) => `Die Kopie nach ${names.join(', ')} hat begonnen`,
  nothingToCopy: 'Nichts wurde kopiert',
  removeTitle: (storeId) => `Daten aus ${storeId} entfernen?`,
  removeText: (others) =>
    `Die Daten dort werden endgültig gelöscht. Das Image bleibt, mit seinen Daten in ${others.join(', ')}.`,
  removeHelp: (storeId) => `Geben Sie zur Bestätigung ${storeId} ein`,
  mismatch: (storeId) => `Das ist nicht ${storeId}`,
  removeConfirm: 'Daten entfernen',
  removed: (storeId) => `Die Daten sind aus ${storeId} entfernt`,
  notRemoved: 'Nichts wurde entfernt',
  cancel: 'Abbrechen',
  task: 'Zur Aufgabe',
}

export const security: Translation<typeof securityTexts> = {
  digests: 'Fingerabdrücke',
  digestsHelp:
    'Genommen, während die Daten ankamen. Vergleichen Sie sie mit denen des Herausgebers oder mit Ihrer eigenen Datei.',
  noDigests:
    'Kein Fingerabdruck ist eingetragen: Es gibt noch keine Daten, oder ihr Speicherort wurde genannt, statt sie hochzuladen.',
  algorithm: 'Verfahren',
  md5Help: 'für alte Clients; gegen Fälschung beweist es nichts',
  copyOf: (what) => `${what} kopieren`,
  check: 'Eine Datei vergleichen',
  checkHelp: 'Sagt OK, wenn die Datei genau dieselben Daten hat.',
  content: 'Inhalt',
  claimed: 'Eingetragen als',
  found: 'Jetzt gefunden',
  virtualSize: 'Virtuelle Größe darin',
  safety: 'Sicherheitsprüfung',
  safe: 'nichts Gefährliches gefunden',
  reading: 'Daten werden angesehen',
  matches: 'Die Daten sind, was der Eintrag sagt',
  warned: 'Die Daten sind nicht, was der Eintrag sagt',
  misread: (content) => `Server lesen sie als raw-Platte, es ist aber ${content}.`,
  refused: 'Solche Daten würden heute nicht angenommen',
  unsafe: (reasons) => `Sie bestehen die Sicherheitsprüfung nicht: ${reasons}.`,
  contentHelp:
    'Für diese Seite wurden ein paar kleine Teile der gespeicherten Daten gelesen: die Stellen, die das Format verraten, und wonach die Sicherheitsprüfung fragt.',
  noRight: 'Nur wer das Image herunterladen darf, sieht, was seine Daten sind.',
  deactivated: 'Das Image ist deaktiviert, darum werden seine Daten nicht gelesen.',
  unreadable: 'Der Store gibt die Daten im Augenblick nicht heraus.',
  noData: 'Es gibt noch keine Daten.',
  container: (container) => `In Daten im Container ${container} wird nicht hineingesehen.`,
  strict: 'Uploads mit anderem Inhalt als eingetragen werden hier abgelehnt.',
  lax: 'Uploads mit anderem Inhalt als eingetragen werden hier angenommen, mit einer Warnung im Protokoll.',
  signature: 'Signatur',
  noSignature: 'Es ist nicht signiert.',
  noSignatureHelp: (names) => `Eine Signatur besteht aus diesen Eigenschaften: ${names}.`,
  incomplete: (names) => `Die Signatur ist unvollständig. Es fehlt: ${names}.`,
  incompleteHelp: 'Wer Images prüft, lehnt es so ab.',
  unverified:
    'Aufbewahrt wie angegeben. Dieser Dienst prüft keine Signaturen; das tun Compute-Dienste, die signierte Images verlangen.',
  toProperties: 'Eigenschaften bearbeiten',
  signatureFacts: {
    img_signature: 'Signatur',
    img_signature_hash_method: 'Hash-Verfahren',
    img_signature_key_type: 'Art des Schlüssels',
    img_signature_certificate_uuid: 'Zertifikat',
  },
}

/** German verbs differ between "Sie" and others, so each line says by whom something was done: "Von Ihnen geändert". */
export const history: Translation<typeof historyTexts> = {
  label: 'Verlauf',
  notYours: 'Nur das Projekt, dem ein Image gehört, und Administratoren sehen, wer es geändert hat.',
  empty: 'Von diesem Image ist nichts aufgezeichnet.',
  kinds: {
    'image.create': 'angelegt',
    'image.prepare': 'mit dem Senden der Daten begonnen',
    'image.upload': 'mit Daten gefüllt',
    'image.activate': 'aktiviert',
    'image.update': 'geändert',
    'image.delete': 'gelöscht',
    'image.member.create': 'angeboten für',
    'image.member.update': 'beantwortet: das Angebot für',
    'image.member.delete': 'zurückgezogen: das Angebot für',
  },
  refused: (what) => `versucht, aber abgelehnt: ${what}`,
  you: 'Von Ihnen',
  somebody: 'Von Benutzer',
  user: (id) => `Benutzer ${id}`,
  service: 'Vom Dienst',
  absent: 'nicht vorhanden',
  became: 'wurde zu',
  revert: 'Zurücknehmen …',
  revertTitle: 'Diese Änderung zurücknehmen?',
  revertHelp: 'Was andere seitdem geändert haben, bleibt, wie es ist.',
  revertConflict: (message) => `${message}. Nichts wurde zurückgenommen.`,
  cancel: 'Abbrechen',
  confirm: 'Zurücknehmen',
  reverted: 'Die Änderung ist zurückgenommen',
  older: 'Ältere',
  newest: 'Neueste',
}

export const snippet: Translation<typeof snippetTexts> = {
  toolsLabel: 'Werkzeug',
  notActive:
    'Das Image hat jetzt keine Daten, die geholt werden könnten; die Zeilen zum Herunterladen funktionieren, sobald es aktiv ist.',
  signIn: 'Anmelden',
  signInHelp: 'Fragt nach Ihrem Passwort; fügen Sie dies zuerst ein, dann den Rest.',
  startServer: 'Einen Server starten',
  startServerHelp: 'Die erste Zeile listet die Flavors, die groß genug sind.',
  show: 'Das Image zeigen',
  download: 'Herunterladen und prüfen',
  cliDownloadHelp: 'Das Werkzeug vergleicht auch die Prüfsumme; die letzte Zeile beweist es noch einmal.',
  curlDownloadHelp:
    'Führen Sie es nach einer Unterbrechung noch einmal aus: Es macht weiter, wo es aufgehört hat. Die letzte Zeile prüft die Datei.',
  terraformHelp: 'Als main.tf speichern, dann: terraform init && terraform apply',
  ansibleHelp:
    'Als server.yml speichern, dann: ansible-playbook server.yml -e flavor=FLAVOR -e network=NETWORK. Braucht die Collection openstack.cloud.',
  token: 'Ein Token holen',
  tokenHelp: 'Es gilt einige Stunden. Holen Sie ein neues, wenn eine Antwort 401 sagt.',
  pythonHelp: 'Braucht das Paket openstacksdk.',
  copyCode: 'Code kopieren',
}
