import type { BulkAct } from '@/components/images/bulk-act'
import type { bulkTexts } from '@/components/images/bulk-messages'
import { formatCount } from '@/components/ui/format'
import type { Translation } from '@/components/ui/texts'
import type { Visibility } from '@/lib/images/view'

const images = (count: number) => (count === 1 ? '1 Image' : `${formatCount(count)} Images`)
const quoted = (text: string) => (text === '' ? '""' : text)

interface ActTexts {
  /** as a question and on its button: what is to be done, to what */
  readonly wish: (what: string) => string
  readonly will: (what: string, isOne: boolean) => string
  readonly done: (what: string) => string
}

/** The words of an act; each takes how many images it is about, in words. */
function actTexts(act: BulkAct): ActTexts {
  switch (act.kind) {
    case 'delete':
      return {
        wish: (what) => `${what} löschen`,
        will: (what, isOne) => `${what} ${isOne ? 'wird' : 'werden'} endgültig gelöscht`,
        done: (what) => `${what} gelöscht`,
      }
    case 'addTags': {
      const tags = act.tags.join(', ')
      return {
        wish: (what) => `Tags hinzufügen: ${what}`,
        will: (what, isOne) => `${what} ${isOne ? 'bekommt' : 'bekommen'} ${tags}`,
        done: (what) => `Tags ${tags} hinzugefügt: ${what}`,
      }
    }
    case 'removeTag':
      return {
        wish: (what) => `Tag entfernen: ${what}`,
        will: (what, isOne) => `${what} ${isOne ? 'verliert' : 'verlieren'} den Tag ${act.tag}`,
        done: (what) => `Tag ${act.tag} entfernt: ${what}`,
      }
    case 'setProperty':
      return {
        wish: (what) => `Eigenschaft setzen: ${what}`,
        will: (what, isOne) => `${what} ${isOne ? 'hat' : 'haben'} dann ${act.name} = ${quoted(act.value)}`,
        done: (what) => `${act.name} gesetzt: ${what}`,
      }
    case 'removeProperty':
      return {
        wish: (what) => `Eigenschaft entfernen: ${what}`,
        will: (what, isOne) => `${what} ${isOne ? 'verliert' : 'verlieren'} ${act.name}`,
        done: (what) => `${act.name} entfernt: ${what}`,
      }
    case 'setVisibility':
      return {
        wish: (what) => `Sichtbarkeit ${act.visibility}: ${what}`,
        will: (what, isOne) => `${what} ${isOne ? 'wird' : 'werden'} ${act.visibility}`,
        done: (what) => `Jetzt ${act.visibility}: ${what}`,
      }
    case 'setProtected':
      return act.value
        ? plain('schützen', 'vor dem Löschen geschützt', 'geschützt')
        : plain('nicht mehr schützen', 'nicht mehr vor dem Löschen geschützt', 'nicht mehr geschützt')
    case 'setHidden':
      return act.value
        ? plain('in Listen verbergen', 'in Listen verborgen', 'verborgen')
        : plain('in Listen zeigen', 'wieder in Listen gezeigt', 'wieder in Listen')
    case 'setActive':
      return act.value
        ? plain('reaktivieren', 'wieder aktiv', 'reaktiviert')
        : plain('deaktivieren', 'deaktiviert', 'deaktiviert')
  }
}

function plain(verb: string, becomes: string, done: string): ActTexts {
  return {
    wish: (what) => `${what} ${verb}`,
    will: (what, isOne) => `${what} ${isOne ? 'wird' : 'werden'} ${becomes}`,
    done: (what) => `${what} ${done}`,
  }
}

const exposure: Readonly<Record<Visibility, string>> = {
  public:
    'Jedes Projekt dieser Cloud erhält Zugriff: Es sieht sie in seiner Liste, liest ihre Eigenschaften, lädt sie herunter und startet Server davon.',
  community:
    'Jedes Projekt dieser Cloud erhält Zugriff: Es kann sie lesen, herunterladen und Server davon starten, und findet sie unter den Community-Images.',
  shared:
    'Nur das Projekt, dem jedes gehört, und die, mit denen es geteilt ist, behalten den Zugriff; alle anderen verlieren ihn.',
  private:
    'Nur das Projekt, dem jedes gehört, behält den Zugriff; Projekte, mit denen sie geteilt waren, verlieren ihn.',
}

export const bulk: Translation<typeof bulkTexts> = {
  compare: 'Vergleichen',
  title: (act, count) => `${actTexts(act).wish(count === 1 ? 'Dieses Image' : images(count))}?`,
  titleAll: (act) => `${actTexts(act).wish('Alle, die passen,')}?`,
  will: (act, count) => actTexts(act).will(images(count), count === 1),
  confirm: (act, count) => actTexts(act).wish(images(count)),
  done: (act, count) => actTexts(act).done(images(count)),
  cannot: (act, count) =>
    act.kind === 'delete'
      ? `${images(count)} ${count === 1 ? 'kann' : 'können'} nicht gelöscht werden`
      : `${images(count)} ${count === 1 ? 'bleibt, wie es ist' : 'bleiben, wie sie sind'}`,
  failed: (act, count) =>
    act.kind === 'delete' ? `${images(count)} nicht gelöscht` : `${images(count)} nicht geändert`,
  allSelected: (count) => `Alle ${formatCount(count)}, die passen, sind ausgewählt`,
  selectAll: (count) => `Alle ${formatCount(count)} auswählen, die passen`,
  tooManyToSelect: (max) => `Mehr als ${formatCount(max)} passen, zu viele für eine Änderung auf einmal`,
  ask: {
    addTags: 'Tags hinzufügen',
    removeTag: 'Tag entfernen',
    setProperty: 'Eigenschaft setzen',
    removeProperty: 'Eigenschaft entfernen',
    setVisibility: 'Sichtbarkeit ändern',
  },
  reasonCount: (reason, count) => `${formatCount(count)}: ${reason}`,
  skipped: (count) => `${images(count)} unverändert`,
  unaffected: {
    already: 'Es ist schon so',
    hasTags: 'Es hat diese Tags schon',
    lacksTag: 'Es hat keinen solchen Tag',
    lacksProperty: 'Es hat keine solche Eigenschaft',
    visibilityNotAllowed: 'Die Regeln dieser Cloud erlauben Ihnen diese Sichtbarkeit nicht',
    propertyNotAllowed: 'Die Regeln dieser Cloud lassen Sie diese Eigenschaft nicht ändern',
    gone: 'Es ist fort, oder Sie dürfen es nicht mehr sehen',
  },
  note: (act: BulkAct): string | undefined => {
    switch (act.kind) {
      case 'delete':
        return 'Server, die davon laufen, laufen weiter; neue können nicht davon starten. Das lässt sich nicht zurücknehmen.'
      case 'setVisibility':
        return exposure[act.visibility]
      case 'setActive':
        return act.value ? undefined : 'Die Daten eines deaktivierten Images können nur Administratoren lesen.'
      default:
        return undefined
    }
  },
  nothing: 'Es bleibt nichts zu ändern.',
  nothingToDelete: 'Keines davon kann jetzt gelöscht werden.',
  frees: (size) => `Gibt bis zu ${size} frei.`,
  typeName: (name) => `Zur Bestätigung ${name} eingeben`,
  typeCount: (count) => `Zur Bestätigung ${count} eingeben`,
  mismatch: (wanted) => `Hier muss genau ${wanted} stehen`,
  ofQuery: 'Eben gezählt. Es geschieht mit den Images, die dann passen, eines nach dem anderen, die neuesten zuerst.',
  tooMany: (max) =>
    `Mehr als ${formatCount(max)} Images passen, zu viele für eine Änderung auf einmal. Engen Sie die Liste mit Filtern ein.`,
  cancel: 'Abbrechen',
  close: 'Schließen',
  goOn: 'Weiter',
  stop: 'Anhalten',
  running: (done, of) => `${formatCount(done)} von ${formatCount(of)}`,
  progress: 'Fortschritt',
  keepOpen: 'Lassen Sie diese Seite offen, bis es fertig ist.',
  planning: 'Sieht die Images durch',
  resultTitle: 'Was geschehen ist',
  stopped: 'Es wurde angehalten; was nicht an der Reihe war, ist wie zuvor.',
  brokenOff: (reason) => `Es kam nicht bis zum Ende: ${reason}`,
  undone: 'Es ist wieder wie zuvor',
  undoFailed: (count) => `Nicht zurückgenommen: ${images(count)}; siehe Aufgaben`,
  undoBroken: 'Nicht alles wurde zurückgenommen',
  andMore: (count) => `und ${formatCount(count)} weitere`,
  menu: {
    more: 'Mehr',
    label: 'Aktionen für die ausgewählten Images',
    addTags: 'Tags hinzufügen …',
    removeTag: 'Tag entfernen …',
    setProperty: 'Eigenschaft setzen …',
    removeProperty: 'Eigenschaft entfernen …',
    setVisibility: 'Sichtbarkeit ändern …',
    protect: 'Schützen …',
    unprotect: 'Schutz aufheben …',
    hide: 'In Listen verbergen …',
    unhide: 'In Listen zeigen …',
    deactivate: 'Deaktivieren …',
    reactivate: 'Reaktivieren …',
  },
  form: {
    tags: 'Neue Tags',
    tagsHelp: 'Mehrere trennt ein Komma. Tags, die ein Image schon hat, bleiben.',
    tag: 'Tag, der wegfällt',
    name: 'Eigenschaft',
    value: 'Wert',
    setHelp: 'Ersetzt den Wert, wo ein Image diese Eigenschaft schon hat.',
    present: 'An den ausgewählten Images',
    choose: (name) => `${name} nehmen`,
    empty: 'Erst etwas eingeben',
    visibility: 'Wer soll sie nutzen können?',
  },
}
