import type { HistoryChange, HistoryEntry } from '@/components/images/history-view'
import type { Expected, PatchStep } from '@/components/images/view'
import type { Image } from '@/lib/images/image'
import type { auditRecord } from '@/lib/session/audit-record'

type Json = Readonly<Record<string, unknown>>

/** An audit record as the history of an image that is `current` now shows it. */
export function historyEntry(
  record: ReturnType<typeof auditRecord>,
  { current, readerId, canModify }: { readonly current: Image; readonly readerId: string; readonly canModify: boolean },
): HistoryEntry {
  const { id, at, type, outcome, userId, memberId, requestId, before, after } = record
  const isRefused = outcome === 'refused'
  const changes = isRefused || before === null || repeated.has(type) ? [] : changesOf(before, after)
  const steps = canModify && type === 'image.update' ? revertSteps(changes, before ?? {}, current) : []
  return {
    id,
    at,
    kind: type,
    isRefused,
    reason: isRefused && typeof after.reason === 'string' ? after.reason : null,
    who: userId === null ? null : { userId, isReader: userId === readerId },
    memberId,
    requestId,
    changes,
    revert: steps.length === 0 ? null : steps,
    expected: expectedBy(steps, current),
  }
}

/** Glance tells of one upload three times; what it changed stands with one of them. */
const repeated = new Set(['image.prepare', 'image.activate'])

/** What changes with everything and says nothing. */
const silent = new Set(['updated_at', 'is_public', 'deleted', 'deleted_at'])

function changesOf(before: Json, after: Json): HistoryChange[] {
  return Object.entries(before).flatMap(([name, was]): HistoryChange[] => {
    if (silent.has(name)) return []
    if (name === 'properties') return propertyChanges(was, after.properties)
    return [{ name, was: textOf(was), is: textOf(after[name]) }]
  })
}

function propertyChanges(was: unknown, is: unknown): HistoryChange[] {
  const [former, present] = [textsOf(was), textsOf(is)]
  const names = [...new Set([...Object.keys(former), ...Object.keys(present)])].toSorted((a, b) => a.localeCompare(b))
  return names.flatMap((name) => {
    const change = { name, was: former[name] ?? null, is: present[name] ?? null }
    return change.was === change.is ? [] : [change]
  })
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]))
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return Array.isArray(value) ? value.join(', ') : String(value)
}

type Value = string | number | boolean | readonly string[]

/** Attributes that a person may set back, with what they are now. */
function settable(image: Image): Readonly<Record<string, Value | null>> {
  return {
    name: image.name,
    visibility: image.visibility,
    protected: image.isProtected,
    os_hidden: image.isHidden,
    min_disk: image.minDiskGib,
    min_ram: image.minRamMib,
    tags: image.tags,
  }
}

function revertSteps(changes: readonly HistoryChange[], before: Json, current: Image): PatchStep[] {
  const attributes = settable(current)
  return changes.flatMap(({ name, was, is }): PatchStep[] => {
    const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (Object.hasOwn(attributes, name)) {
      const former = before[name]
      const isStill = textOf(attributes[name]) === is
      return isStill && isValue(former) ? [{ op: 'replace', path, value: former }] : []
    }
    const present = current.properties[name] ?? null
    // Attributes that the service sets are no properties of this name, and stay.
    if (Object.hasOwn(before, name) || present !== is) return []
    if (was === null) return [{ op: 'remove', path }]
    return [{ op: is === null ? 'add' : 'replace', path, value: was }]
  })
}

/** What the steps were made from: whoever changes it after the page was read is not overwritten. */
function expectedBy(steps: readonly PatchStep[], current: Image): Expected {
  const attributes = settable(current)
  return Object.fromEntries(
    steps.map(({ path }) => {
      const name = path.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')
      return [name, Object.hasOwn(attributes, name) ? (attributes[name] ?? null) : (current.properties[name] ?? null)]
    }),
  )
}

function isValue(value: unknown): value is Value {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string')
  return ['string', 'number', 'boolean'].includes(typeof value)
}
