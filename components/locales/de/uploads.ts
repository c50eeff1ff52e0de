import { formatBytes, formatDuration } from '@/components/ui/format'
import type { Translation } from '@/components/ui/texts'
import type { uploadTexts } from '@/components/uploads/messages'
import type { uploadRoomTexts } from '@/components/uploads/room-messages'
import type { verdictTexts } from '@/components/uploads/verdict-messages'

export const upload: Translation<typeof uploadTexts> = {
  transfers: 'Übertragungen',
  showTransfers: (running) =>
    running === 0 ? 'Übertragungen zeigen' : `Übertragungen zeigen, ${running} ${running === 1 ? 'läuft' : 'laufen'}`,
  hide: 'Übertragungen verbergen',
  progressOf: (name) => `Upload von ${name}`,
  waiting: 'Wartet, bis ein anderer Upload fertig ist',
  amount: (sent, total) => `${formatBytes(sent)} von ${formatBytes(total)}`,
  left: (seconds) => `noch ${formatDuration(seconds)}`,
  uploading: 'Wird hochgeladen',
  queued: 'Der Upload wartet',
  goesOn:
    'Es geht weiter, während Sie andere Seiten ansehen. Lassen Sie diesen Tab offen; was gesendet ist, geht auch nicht verloren, wenn er geschlossen wird.',
  checking: 'Prüft, was früher gesendet wurde',
  stalled: {
    network: 'Wartet auf das Netz; es geht von selbst weiter',
    session:
      'Ihre Sitzung ist abgelaufen; es geht weiter, sobald Sie sich wieder anmelden, in diesem Tab oder einem anderen',
    server: 'Wartet auf den Server; es geht von selbst weiter',
  },
  paused: 'Angehalten',
  pause: (name) => `Upload von ${name} anhalten`,
  resume: (name) => `Upload von ${name} fortsetzen`,
  stoppedAt: (share) => `Angehalten bei ${Math.floor(share * 100)} %`,
  resumeKept: 'Fortsetzen',
  kept: {
    gone: 'Die Datei ist nicht mehr, wo sie war. Wählen Sie sie, um fortzufahren.',
    refused: 'Der Browser darf die Datei nicht lesen. Wählen Sie sie, um fortzufahren.',
  },
  needsFile: (share) => `Wählen Sie dieselbe Datei, um bei ${Math.floor(share * 100)} % fortzufahren`,
  chooseFile: 'Datei wählen',
  otherFile: {
    size: (chosen, wanted) =>
      `Das ist eine andere Datei: Sie hat ${formatBytes(chosen)}, und begonnen wurde mit einer von ${formatBytes(wanted)}.`,
    content: 'Das ist eine andere Datei: Sie ist so groß wie die, mit der begonnen wurde, und hat anderen Inhalt.',
  },
  unreadable: 'Die Datei wurde geändert, verschoben oder entfernt. Wählen Sie sie noch einmal, um fortzufahren.',
  elsewhere: 'Läuft in einem anderen Tab',
  holes: (bytes) => `${formatBytes(bytes)} Nullen nicht gesendet`,
  sameHash: 'SHA-512 ist an beiden Enden gleich',
  progressHere: 'Upload dieses Images',
  another: 'Andere Datei wählen',
  finishing: 'Alle Bytes sind gesendet; der Server prüft und speichert sie',
  done: (total) => `Hochgeladen, ${formatBytes(total)}`,
  cancelled: 'Abgebrochen; das Image wartet auf Daten',
  open: 'Image öffnen',
  retry: 'Noch einmal',
  cancel: 'Upload abbrechen',
  cancelOf: (name) => `Upload von ${name} abbrechen`,
  dismiss: 'Aus der Liste nehmen',
  cancelTitle: 'Diesen Upload abbrechen?',
  cancelText: (name) =>
    `Was von ${name} gesendet ist, wird verworfen. Der Eintrag des Images kann bleiben und später gefüllt werden, oder er wird ebenfalls gelöscht.`,
  keepUploading: 'Weiter hochladen',
  keepRecord: 'Abbrechen, Eintrag behalten',
  deleteRecord: 'Abbrechen und Image löschen',
  failed: 'Der Upload ist gescheitert',
  network: 'Die Verbindung zum Server ist abgerissen. Von diesem Upload ist nichts geblieben.',
  gone: 'Der Server kennt diesen Upload nicht mehr. Ein neuer Versuch sendet die Datei von Anfang an.',
  importFailed: 'Alle Bytes kamen an, und der Server konnte kein Image daraus machen.',
  refused: (status) => `Der Server hat den Upload abgelehnt (Status ${status}).`,
  sessionOver:
    'Ihre Sitzung ist abgelaufen. Melden Sie sich in einem anderen Tab an, und versuchen Sie es noch einmal.',
  doneToast: (name) => `${name} ist hochgeladen`,
  failedToast: (name) => `${name} wurde nicht hochgeladen`,
}

export const uploadRoom: Translation<typeof uploadRoomTexts> = {
  title: 'Uploads',
  intro:
    'Was Sie in diesem Projekt hochzuladen begonnen und nicht beendet haben, gleich in welchem Browser oder Programm.',
  list: 'Unfertige Uploads',
  empty: 'Keine unfertigen Uploads',
  emptyText: 'Ein Upload, der unterbrochen wird, wartet hier, und jedes Ihrer Geräte kann mit ihm fortfahren.',
  upload: 'Image hochladen',
  file: (name) => `Datei ${name}`,
  progress: (name) => `Upload von ${name}, soweit der Server ihn hat`,
  taken: (offset, total) =>
    `${Math.floor((offset / Math.max(1, total)) * 100)} % · ${formatBytes(offset)} von ${formatBytes(total)}`,
  staged: (bytes) => `${formatBytes(bytes)} im Zwischenlager`,
  lastPiece: 'letztes Stück',
  expires: 'verfällt',
  to: (stores) => `für Store ${stores}`,
  goOn: 'Fortfahren',
  resume: 'Fortsetzen',
  resumeOf: (name) => `Upload von ${name} fortsetzen`,
  goOnWith: (name) => `Mit ${name} fortfahren: die Datei wählen`,
  running: 'In den Übertragungen',
  end: (name) => `Upload von ${name} beenden`,
}

/** What a file is comes after "Diese Datei ist", and after a comma or a colon. */
export const verdict: Translation<typeof verdictTexts> = {
  reading: 'Der Anfang der Datei wird gelesen',
  unreadable: 'Der Browser konnte diese Datei nicht lesen',
  unreadableText:
    'Vielleicht wurde sie verschoben, umbenannt oder geändert, seit sie gewählt wurde. Wählen Sie sie noch einmal.',
  empty: 'Diese Datei ist leer',
  emptyText: 'Es gibt nichts hochzuladen.',
  is: (content) => `Diese Datei ist ${content}`,
  isNot: (content, claimed) => `Diese Datei ist ${content}, nicht ${claimed}`,
  noClaim: 'Wählen Sie, wie das Image eingetragen werden soll.',
  refused: 'Der Server vergleicht Inhalt und Format und würde den Upload ablehnen.',
  misread: (claimed) => `Server würden sie als ${claimed} lesen und kein System zum Starten finden.`,
  unsafe: (content) => `Der Server wird diese Datei ablehnen: ${content}`,
  unsafeText: (reasons) => `Sie besteht die Sicherheitsprüfung nicht: ${reasons}.`,
  wrapped: 'Server können so nicht von ihr starten. Packen Sie sie aus, und laden Sie hoch, was darin ist.',
  compressed:
    'Sie bleibt komprimiert. Server starten nur dort von ihr, wo die Cloud Images auspackt; sonst packen Sie sie erst aus.',
  unpacked: (disk) => `Sie wird bei der Ankunft ausgepackt. Was darin ist, muss ${disk} sein.`,
  unconvertible: (content) => `Diese Datei ist ${content}; das lässt sich nicht umwandeln`,
  unconvertibleText: (to) =>
    `Images werden hier in ${to} umgewandelt. Dazu braucht es eine Platte in raw, qcow2, vmdk, vdi, vhd oder vhdx, die als das eingetragen ist, was sie ist.`,
  notChecked: (container) => `In Container des Formats ${container} sieht der Server nicht hinein.`,
  unknown: 'Kein Disk-Format und keine Partitionstabelle gefunden',
  unknownText: 'Sie kann als raw gespeichert werden. Ein Server startet nur davon, wenn sie dafür gemacht ist.',
  several: (formats) => `mehreres zugleich (${formats})`,
  versioned: (format, version) => (version === undefined ? format : `${format}, Version ${version}`),
  vmdkDescriptor: 'nur die Beschreibung eines vmdk',
  rawGpt: 'eine raw-Platte mit GPT-Partitionstabelle',
  rawMbr: 'eine raw-Platte mit MBR-Partitionstabelle',
  iso: 'ein ISO-9660-Image',
  raw: 'ohne erkennbares Format (raw)',
  fixedVhd: 'ein vhd fester Größe (gilt als raw)',
  wrappers: {
    parallels: 'eine Parallels-Platte',
    tar: 'ein tar-Archiv',
    gzip: 'mit gzip komprimiert',
    xz: 'mit xz komprimiert',
    zstd: 'mit zstd komprimiert',
    bzip2: 'mit bzip2 komprimiert',
    zip: 'ein zip-Archiv',
  },
  takeFormats: (disk, container) => (container === 'bare' ? `${disk} nehmen` : `${disk} in ${container} nehmen`),
  virtualSize: (size) => `virtuelle Platte mit ${size}`,
  drop: 'Ziehen Sie ein Disk-Image hierher',
  dropHelp: 'Sein Anfang wird gelesen, bevor ein Byte gesendet wird.',
  choose: 'Datei wählen',
  change: 'Ändern',
  remove: 'Datei entfernen',
  file: 'Datei',
  diskFormat: 'Disk-Format',
  containerFormat: 'Container-Format',
  containerHelp: 'bare: um die Platte ist nichts herum',
  notSet: 'Nicht gesetzt',
}
