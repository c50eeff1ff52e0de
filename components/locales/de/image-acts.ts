import type { BulkAct } from '@/components/images/bulk-act'
import type { bulkTexts } from '@/components/images/bulk-messages'
import { formatCount } from '@/components/ui/format'
import type { Translation } from '@/components/ui/texts'

const images = (count: number) => (count === 1 ? '1 Image' : `${formatCount(count)} Images`)
const quoted = (text: string) => (text === '' ? '""' : text)
const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** What an act is done to, as its object and after "von" or "zu". */
interface What {
  readonly whom: string
  readonly dative: string
}

const thisImage: What = { whom: 'dieses Image', dative: 'diesem Image' }
const allMatching: What = { whom: 'alle passenden', dative: 'allen passenden' }
const counted = (count: number): What => ({ whom: images(count), dative: images(count) })

interface ActTexts {
  readonly title: (what: What) => string
  readonly will: (what: string, verbs: Verbs) => string
  readonly confirm: (what: string) => string
  readonly done: (what: string, verbs: Verbs) => string
}

/** Those that stand in singular or plural, as their subject does. */
interface Verbs {
  readonly will: string
  readonly gets: string
  readonly loses: string
  readonly is: string
  readonly stands: string
}

const singular: Verbs = { will: 'wird', gets: 'bekommt', loses: 'verliert', is: 'ist', stands: 'steht' }
const plural: Verbs = { will: 'werden', gets: 'bekommen', loses: 'verlieren', is: 'sind', stands: 'stehen' }
const verbsOf = (count: number) => (count === 1 ? singular : plural)

/** The words of an act, as in the English catalog. */
function actTexts(act: BulkAct): ActTexts {
  switch (act.kind) {
    case 'delete':
      return {
        title: ({ whom }) => `${upper(whom)} löschen?`,
        will: (what, { will }) => `${what} ${will} endgültig gelöscht`,
        confirm: (what) => `${what} löschen`,
        done: (what) => `${what} gelöscht`,
      }
    case 'addTags': {
      const tags = act.tags.join(', ')
      const noun = act.tags.length === 1 ? 'Tag' : 'Tags'
      return {
        title: ({ dative }) => `${noun} zu ${dative} hinzufügen?`,
        will: (what, { gets }) => `${what} ${gets} ${tags}`,
        confirm: (what) => `Zu ${what} hinzufügen`,
        done: (what) => `${noun} ${tags} zu ${what} hinzugefügt`,
      }
    }
    case 'removeTag':
      return {
        title: ({ dative }) => `Tag von ${dative} entfernen?`,
        will: (what, { loses }) => `${what} ${loses} das Tag ${act.tag}`,
        confirm: (what) => `Von ${what} entfernen`,
        done: (what) => `Tag ${act.tag} von ${what} entfernt`,
      }
    case 'setProperty':
      return {
        title: ({ whom }) => `Eigenschaft für ${whom} setzen?`,
        will: (what, { gets }) => `${what} ${gets} ${act.name} = ${quoted(act.value)}`,
        confirm: (what) => `Für ${what} setzen`,
        done: (what) => `${act.name} für ${what} gesetzt`,
      }
    case 'removeProperty':
      return {
        title: ({ dative }) => `Eigenschaft von ${dative} entfernen?`,
        will: (what, { loses }) => `${what} ${loses} ${act.name}`,
        confirm: (what) => `Von ${what} entfernen`,
        done: (what) => `${act.name} von ${what} entfernt`,
      }
    case 'setVisibility':
      return {
        title: ({ whom }) => `${upper(whom)} ${act.visibility} machen?`,
        will: (what, { will }) => `${what} ${will} ${act.visibility}`,
        confirm: (what) => `${what} ${act.visibility} machen`,
        done: (what, { is }) => `${what} ${is} jetzt ${act.visibility}`,
      }
    default:
      return flagTexts(act)
  }
}

function flagTexts(act: Extract<BulkAct, { readonly value: boolean }>): ActTexts {
  switch (act.kind) {
    case 'setProtected':
      if (act.value) return same('schützen', 'vor dem Löschen geschützt', 'geschützt')
      return {
        title: ({ dative }) => `Schutz von ${dative} aufheben?`,
        will: (what, { is }) => `${what} ${is} dann nicht mehr vor dem Löschen geschützt`,
        confirm: (what) => `Schutz von ${what} aufheben`,
        done: (what, { is }) => `${what} ${is} nicht mehr geschützt`,
      }
    case 'setHidden':
      if (act.value) return same('verbergen', 'in Listen verborgen', 'verborgen')
      return {
        ...same('zeigen', 'wieder in Listen gezeigt', ''),
        done: (what, { stands }) => `${what} ${stands} wieder in Listen`,
      }
    case 'setActive':
      return act.value
        ? same('reaktivieren', 'wieder aktiv', 'reaktiviert')
        : same('deaktivieren', 'deaktiviert', 'deaktiviert')
  }
}

function same(verb: string, will: string, done: string): ActTexts {
  return {
    title: ({ whom }) => `${upper(whom)} ${verb}?`,
    will: (what, verbs) => `${what} ${verbs.will} ${will}`,
    confirm: (what) => `${what} ${verb}`,
    done: (what) => `${what} ${done}`,
  }
}

const exposure = {
  public:
    'Jedes Projekt dieser Cloud bekommt Zugriff: Es sieht sie in seiner Liste, liest ihre Eigenschaften, lädt sie herunter und startet Server von ihnen.',
  community:
    'Jedes Projekt dieser Cloud bekommt Zugriff: Es kann sie lesen, herunterladen und Server von ihnen starten, und findet sie unter den Community-Images.',
  shared:
    'Nur das Projekt, dem ein Image gehört, und die, mit denen es geteilt ist, behalten Zugriff; alle anderen verlieren ihn.',
  private: 'Nur das Projekt, dem ein Image gehört, behält Zugriff; Projekte, mit denen es geteilt war, verlieren ihn.',
} as const

export const bulk: Translation<typeof bulkTexts> = {
  compare: 'Vergleichen',
  title: (act, count) => actTexts(act).title(count === 1 ? thisImage : counted(count)),
  titleAll: (act) => actTexts(act).title(allMatching),
  will: (act, count) => actTexts(act).will(images(count), verbsOf(count)),
  confirm: (act, count) => actTexts(act).confirm(images(count)),
  done: (act, count) => actTexts(act).done(images(count), verbsOf(count)),
  cannot: (act, count) =>
    act.kind === 'delete'
      ? `${images(count)} ${count === 1 ? 'kann' : 'können'} nicht gelöscht werden`
      : `${images(count)} ${count === 1 ? 'bleibt' : 'bleiben'} unverändert`,
  failed: (act, count) => `${images(count)} nicht ${act.kind === 'delete' ? 'gelöscht' : 'geändert'}`,
  allSelected: (count) => `Alle ${formatCount(count)} passenden ausgewählt`,
  selectAll: (count) => `Alle ${formatCount(count)} passenden auswählen`,
  tooManyToSelect: (max) => `Mehr als ${formatCount(max)} passen, zu viele, um sie auf einmal zu ändern`,
  ask: {
    addTags: 'Tags hinzufügen',
    removeTag: 'Ein Tag entfernen',
    setProperty: 'Eine Eigenschaft setzen',
    removeProperty: 'Eine Eigenschaft entfernen',
    setVisibility: 'Sichtbarkeit ändern',
  },
  reasonCount: (reason, count) => `${formatCount(count)}: ${reason}`,
  skipped: (count) => `${images(count)} unverändert gelassen`,
  unaffected: {
    already: 'Es ist schon so',
    hasTags: 'Es hat diese Tags schon',
    lacksTag: 'Es hat dieses Tag nicht',
    lacksProperty: 'Es hat diese Eigenschaft nicht',
    visibilityNotAllowed: 'Die Regeln dieser Cloud erlauben Ihnen diese Sichtbarkeit nicht',
    propertyNotAllowed: 'Die Regeln dieser Cloud erlauben Ihnen nicht, diese Eigenschaft zu ändern',
    gone: 'Es ist fort, oder Sie dürfen es nicht mehr sehen',
  },
  note: (act) => {
    switch (act.kind) {
      case 'delete':
        return 'Server, die schon laufen, laufen weiter; neue können nicht mehr davon starten. Das lässt sich nicht rückgängig machen.'
      case 'setVisibility':
        return exposure[act.visibility]
      case 'setActive':
        return act.value ? undefined : 'Nur Administratoren können die Daten eines deaktivierten Images lesen.'
      default:
        return undefined
    }
  },
  nothing: 'Es bleibt nichts zu ändern.',
  nothingToDelete: 'Keines davon kann jetzt gelöscht werden.',
  frees: (size) => `Gibt bis zu ${size} frei.`,
  typeName: (name) => `Geben Sie zur Bestätigung ${name} ein`,
  typeCount: (count) => `Geben Sie zur Bestätigung ${count} ein`,
  mismatch: (wanted) => `Hier muss genau ${wanted} stehen`,
  ofQuery: 'Eben gezählt. Es trifft die Images, die passen, wenn es läuft, eines nach dem anderen, neueste zuerst.',
  tooMany: (max) =>
    `Mehr als ${formatCount(max)} Images passen, zu viele, um sie auf einmal zu ändern. Engen Sie die Liste durch Filter ein.`,
  cancel: 'Abbrechen',
  close: 'Schließen',
  goOn: 'Weiter',
  stop: 'Anhalten',
  running: (done, of) => `${formatCount(done)} von ${formatCount(of)}`,
  progress: 'Fortschritt',
  keepOpen: 'Lassen Sie diese Seite offen, bis es zu Ende ist.',
  planning: 'Images werden angesehen',
  resultTitle: 'Was geschehen ist',
  stopped: 'Es wurde angehalten; was noch nicht an der Reihe war, ist wie vorher.',
  brokenOff: (reason) => `Es kam nicht bis zum Ende: ${reason}`,
  undone: 'Es ist wieder wie vorher',
  undoFailed: (count) =>
    `${images(count)} ${count === 1 ? 'konnte' : 'konnten'} nicht zurückgesetzt werden; siehe Aufgaben`,
  undoBroken: 'Nicht alles wurde zurückgesetzt',
  andMore: (count) => `und ${formatCount(count)} weitere`,
  menu: {
    more: 'Mehr',
    label: 'Aktionen für die ausgewählten Images',
    addTags: 'Tags hinzufügen …',
    removeTag: 'Ein Tag entfernen …',
    setProperty: 'Eine Eigenschaft setzen …',
    removeProperty: 'Eine Eigenschaft entfernen …',
    setVisibility: 'Sichtbarkeit ändern …',
    protect: 'Schützen …',
    unprotect: 'Schutz aufheben …',
    hide: 'In Listen verbergen …',
    unhide: 'In Listen zeigen …',
    deactivate: 'Deaktivieren …',
    reactivate: 'Reaktivieren …',
  },
  form: {
    tags: 'Tags, die dazukommen',
    tagsHelp: 'Mehrere werden durch Kommas getrennt. Tags, die ein Image schon hat, bleiben.',
    tag: 'Tag, das entfernt wird',
    name: 'Eigenschaft',
    value: 'Wert',
    setHelp: 'Ersetzt den Wert, wo ein Image diese Eigenschaft schon hat.',
    present: 'An den ausgewählten Images',
    choose: (name) => `${name} nehmen`,
    empty: 'Schreiben Sie erst etwas hinein',
    visibility: 'Wer soll sie nutzen können?',
  },
}
