import { formatCount } from '@/components/ui/format'
import { texts } from '@/components/ui/texts'
import type { Visibility } from '@/lib/images/view'
import type { BulkAct } from './bulk-act'

const images = (count: number) => (count === 1 ? '1 image' : `${formatCount(count)} images`)
const quoted = (text: string) => (text === '' ? '""' : text)

interface ActTexts {
  readonly title: (what: string) => string
  readonly will: (what: string) => string
  readonly confirm: (what: string) => string
  readonly done: (what: string) => string
}

const visibilityVerb = { private: 'private', shared: 'shared', community: 'community', public: 'public' } as const

/** The words of an act; each takes how many images it is about, in words. */
function actTexts(act: BulkAct): ActTexts {
  switch (act.kind) {
    case 'delete':
      return {
        title: (what) => `Delete ${what}?`,
        will: (what) => `${what} will be deleted, for good`,
        confirm: (what) => `Delete ${what}`,
        done: (what) => `${what} deleted`,
      }
    case 'addTags': {
      const tags = act.tags.join(', ')
      return {
        title: (what) => `Add ${act.tags.length === 1 ? 'a tag' : 'tags'} to ${what}?`,
        will: (what) => `${what} will get ${tags}`,
        confirm: (what) => `Tag ${what}`,
        done: (what) => `${what} tagged ${tags}`,
      }
    }
    case 'removeTag':
      return {
        title: (what) => `Remove a tag from ${what}?`,
        will: (what) => `${what} will lose the tag ${act.tag}`,
        confirm: (what) => `Remove from ${what}`,
        done: (what) => `Tag ${act.tag} removed from ${what}`,
      }
    case 'setProperty':
      return {
        title: (what) => `Set a property of ${what}?`,
        will: (what) => `${what} will have ${act.name} = ${quoted(act.value)}`,
        confirm: (what) => `Set on ${what}`,
        done: (what) => `${act.name} set on ${what}`,
      }
    case 'removeProperty':
      return {
        title: (what) => `Remove a property from ${what}?`,
        will: (what) => `${what} will lose ${act.name}`,
        confirm: (what) => `Remove from ${what}`,
        done: (what) => `${act.name} removed from ${what}`,
      }
    case 'setVisibility': {
      const word = visibilityVerb[act.visibility]
      return {
        title: (what) => `Make ${what} ${word}?`,
        will: (what) => `${what} will become ${word}`,
        confirm: (what) => `Make ${what} ${word}`,
        done: (what) => `${what} made ${word}`,
      }
    }
    case 'setProtected':
      return act.value
        ? same('Protect', 'will be protected from deletion', 'protected')
        : same('Unprotect', 'will no longer be protected from deletion', 'no longer protected')
    case 'setHidden':
      return act.value
        ? same('Hide', 'will be hidden from lists', 'hidden')
        : same('Show', 'will be shown in lists again', 'shown in lists again')
    case 'setActive':
      return act.value
        ? same('Reactivate', 'will be active again', 'reactivated')
        : same('Deactivate', 'will be deactivated', 'deactivated')
  }
}

function same(verb: string, will: string, done: string): ActTexts {
  return {
    title: (what) => `${verb} ${what}?`,
    will: (what) => `${what} ${will}`,
    confirm: (what) => `${verb} ${what}`,
    done: (what) => `${what} ${done}`,
  }
}

/** Who gains access by a visibility, or loses it. */
const exposure: Readonly<Record<Visibility, string>> = {
  public:
    'Every project of this cloud gains access: it will see them in its list, read their properties, download them and start servers from them.',
  community:
    'Every project of this cloud gains access: it can read, download and start servers from them, and finds them among the community images.',
  shared: 'Only the project that owns each and the projects it is shared with keep access; all others lose it.',
  private: 'Only the project that owns each keeps access; projects they were shared with lose it.',
}

/** Texts of acts on images, many or one, that are looked at before. */
export const bulkTexts = texts('bulk', {
  compare: 'Compare',
  title: (act: BulkAct, count: number) => actTexts(act).title(count === 1 ? 'this image' : images(count)),
  titleAll: (act: BulkAct) => actTexts(act).title('all that match'),
  will: (act: BulkAct, count: number) => actTexts(act).will(images(count)),
  confirm: (act: BulkAct, count: number) => actTexts(act).confirm(images(count)),
  done: (act: BulkAct, count: number) => actTexts(act).done(images(count)),
  cannot: (act: BulkAct, count: number) =>
    act.kind === 'delete' ? `${images(count)} cannot be deleted` : `${images(count)} will stay as they are`,
  failed: (act: BulkAct, count: number) =>
    act.kind === 'delete' ? `${images(count)} not deleted` : `${images(count)} not changed`,
  allSelected: (count: number) => `All ${formatCount(count)} that match selected`,
  selectAll: (count: number) => `Select all ${formatCount(count)} that match`,
  tooManyToSelect: (max: number) => `More than ${formatCount(max)} match, too many to be changed at once`,
  ask: {
    addTags: 'Add tags',
    removeTag: 'Remove a tag',
    setProperty: 'Set a property',
    removeProperty: 'Remove a property',
    setVisibility: 'Change visibility',
  },
  reasonCount: (reason: string, count: number) => `${formatCount(count)}: ${reason}`,
  skipped: (count: number) => `${images(count)} left as they are`,
  unaffected: {
    already: 'It is so already',
    hasTags: 'It has these tags already',
    lacksTag: 'It has no such tag',
    lacksProperty: 'It has no such property',
    visibilityNotAllowed: 'The rules of this cloud do not let you give it this visibility',
    propertyNotAllowed: 'The rules of this cloud do not let you change this property',
    gone: 'It is gone, or no longer yours to see',
  },
  /** for acts that somebody should know more of before */
  note: (act: BulkAct): string | undefined => {
    switch (act.kind) {
      case 'delete':
        return 'Servers that run from it keep running; new ones cannot start from it. This cannot be undone.'
      case 'setVisibility':
        return exposure[act.visibility]
      case 'setActive':
        return act.value ? undefined : 'Nobody but administrators can read the data of a deactivated image.'
      default:
        return undefined
    }
  },
  nothing: 'Nothing is left to be changed.',
  nothingToDelete: 'None of them can be deleted now.',
  frees: (size: string) => `Frees up to ${size}.`,
  typeName: (name: string) => `Type ${name} to confirm`,
  typeCount: (count: number) => `Type ${count} to confirm`,
  mismatch: (wanted: string) => `This must be exactly ${wanted}`,
  ofQuery: 'Counted just now. It is done to the images that match when it runs, one after the other, newest first.',
  tooMany: (max: number) =>
    `More than ${formatCount(max)} images match, which is too many to be changed at once. Narrow the list by filters.`,
  cancel: 'Cancel',
  close: 'Close',
  goOn: 'Continue',
  stop: 'Stop',
  running: (done: number, of: number) => `${formatCount(done)} of ${formatCount(of)}`,
  progress: 'Progress',
  keepOpen: 'Keep this page open until it has ended.',
  planning: 'Looking at the images',
  resultTitle: 'What happened',
  stopped: 'It was stopped; what was not looked at is as before.',
  brokenOff: (reason: string) => `It did not get to the end: ${reason}`,
  undone: 'It is as it was before',
  undoFailed: (count: number) => `${images(count)} could not be put back; see Tasks`,
  undoBroken: 'Not everything was put back',
  andMore: (count: number) => `and ${formatCount(count)} more`,
  menu: {
    more: 'More',
    label: 'Actions for the selected images',
    addTags: 'Add tags…',
    removeTag: 'Remove a tag…',
    setProperty: 'Set a property…',
    removeProperty: 'Remove a property…',
    setVisibility: 'Change visibility…',
    protect: 'Protect…',
    unprotect: 'Remove protection…',
    hide: 'Hide from lists…',
    unhide: 'Show in lists…',
    deactivate: 'Deactivate…',
    reactivate: 'Reactivate…',
  },
  form: {
    tags: 'Tags to add',
    tagsHelp: 'Several are parted by commas. Tags that an image has already stay.',
    tag: 'Tag to remove',
    name: 'Property',
    value: 'Value',
    setHelp: 'Replaces the value where an image has this property already.',
    present: 'On the selected images',
    choose: (name: string) => `Use ${name}`,
    empty: 'Write something here first',
    visibility: 'Who should be able to use them?',
  },
} as const)
