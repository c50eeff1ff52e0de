import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { db, type Tx } from '@/lib/db/client'
import { inTransaction } from '@/lib/db/transaction'
import { isApiError } from '@/lib/errors/api-error'
import { type Actor, serviceItself } from '@/lib/events/event'
import { insertEvents } from '@/lib/events/event-repo'
import { nowToTheSecond } from '@/lib/runtime/clock'
import { findContent } from './content-repo'
import { type Document, readNamespace } from './documents'
import { rememberNamespaces } from './marker-repo'
import {
  type Namespace,
  type NamespaceContent,
  type NamespaceFields,
  wireAssociation,
  wireNamespaceFields,
} from './metadef'
import { namespaceNote, noteChange } from './metadef-events'
import {
  associationsOf,
  findNamespace,
  insertContent,
  insertNamespace,
  namespaceOfRow,
  objectData,
} from './namespace-repo'
import { countsOf, refuseRepeats } from './namespaces'
import { readPropertySchema } from './property-schema'

/**
 * What happens to a namespace that is there already: it stays as it is; gets what it lacks; gets that and what the file
 * says of the rest; or goes and comes anew.
 */
export type MergeMode = 'skip' | 'merge' | 'prefer-new' | 'overwrite'

export interface FileResult {
  /** without its folder */
  readonly file: string
  readonly outcome: 'inserted' | 'skipped' | 'merged' | 'updated' | 'replaced' | 'refused'
  /** of a refused file: what is wrong, and with which key */
  readonly problem?: string
}

/** Who owns what names no owner; Glance's word. */
const DEFAULT_OWNER = 'admin'

const everything = { isAdmin: true, projectId: null }

export interface LoadOptions {
  readonly mode: MergeMode
  readonly isDryRun?: boolean
  /** who asked for it; the service itself for a command */
  readonly by?: Actor
}

/**
 * Loads the definition files of a folder (`*.json`, no folders within), or one file: each in a transaction of its own,
 * or not at all. With `isDryRun` nothing stays. Throws when the path cannot be read. Source: metadefs.md 12.
 */
export async function loadDefinitions(path: string, options: LoadOptions): Promise<FileResult[]> {
  const results: FileResult[] = []
  for (const file of await filesOf(path)) results.push(await loadFile(file, options))
  return results
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const items = await readdir(path, { withFileTypes: true })
  const names = items.filter((item) => !item.isDirectory() && item.name.endsWith('.json')).map(({ name }) => name)
  return names.sort().map((name) => join(path, name))
}

class DryRun extends Error {
  constructor(readonly outcome: FileResult['outcome']) {
    super('nothing is to stay')
  }
}

async function loadFile(
  path: string,
  { mode, isDryRun = false, by = serviceItself }: LoadOptions,
): Promise<FileResult> {
  const file = basename(path)
  try {
    const { fields, content } = readDefinition(await readFile(path, 'utf8'))
    const outcome = await inTransaction(db(), async (tx) => {
      const done = await loadNamespace(tx, by, { fields, content, mode })
      if (isDryRun) throw new DryRun(done)
      return done
    })
    return { file, outcome }
  } catch (error) {
    if (error instanceof DryRun) return { file, outcome: error.outcome }
    if (error instanceof SyntaxError || isApiError(error)) return { file, outcome: 'refused', problem: error.message }
    throw error
  }
}

/** A namespace as a file has it. Throws SyntaxError, and `bad_request` with the key that is wrong. */
export function readDefinition(text: string): { fields: NamespaceFields; content: NamespaceContent } {
  const document: Document = JSON.parse(text)
  namePlaceOfFault(document)
  const { fields, content } = readNamespace(document)
  refuseRepeats(fields.name, content)
  return { fields: { ...fields, ownerId: fields.ownerId ?? DEFAULT_OWNER }, content }
}

/** Judges properties one by one first, so that the complaint says which of them it means. */
function namePlaceOfFault(document: unknown): void {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return
  const { properties, objects } = document as Readonly<Record<string, unknown>>
  judgeEach('properties', properties)
  if (!Array.isArray(objects)) return
  for (const item of objects) {
    if (typeof item === 'object' && item !== null) judgeEach(`objects, ${item.name}, properties`, item.properties)
  }
}

function judgeEach(place: string, properties: unknown): void {
  if (typeof properties !== 'object' || properties === null) return
  for (const [name, schema] of Object.entries(properties)) {
    readPropertySchema(`namespace, ${place}, ${name}`, schema, { isNamed: false })
  }
}

async function loadNamespace(
  tx: Tx,
  by: Actor,
  {
    fields,
    content,
    mode,
  }: { readonly fields: NamespaceFields; readonly content: NamespaceContent; readonly mode: MergeMode },
): Promise<FileResult['outcome']> {
  await holdByName(tx, fields.name)
  const known = await findNamespace(everything, fields.name, tx)
  if (known === undefined || mode === 'overwrite') {
    if (known !== undefined) await removeNamespaces(tx, by, [known])
    const made = await insertNamespace(tx, fields, content, { isSeeded: true })
    const what = { ...namespaceNote(made), ...countsOf(content) }
    await noteChange(tx, 'metadef_namespace.create', by, { namespace: made, what })
    return known === undefined ? 'inserted' : 'replaced'
  }
  if (mode === 'skip') return 'skipped'
  const there = await contentOf(tx, known.id)
  if (mode === 'prefer-new') await updateKnown(tx, known, fields, content, there)
  const missing = without(content, there)
  await insertContent(tx, known.id, missing, { isSeeded: true })
  const what = { ...namespaceNote(mode === 'prefer-new' ? { ...known, ...fields } : known), ...countsOf(missing) }
  const note = { namespace: known, what, was: namespaceNote(known) }
  await noteChange(tx, 'metadef_namespace.update', by, note)
  return mode === 'merge' ? 'merged' : 'updated'
}

/** Writes before anything is read, so that SQLite cannot refuse the write later because somebody else wrote meanwhile. */
async function holdByName(tx: Tx, name: string): Promise<void> {
  await tx.$executeRaw`UPDATE "MetadefNamespace" SET "id" = "id" WHERE "name" = ${name}`
}

/** Gives what is there already what the file says; removes nothing. */
async function updateKnown(
  tx: Tx,
  known: Namespace,
  fields: NamespaceFields,
  content: NamespaceContent,
  there: ReadonlyContentNames,
): Promise<void> {
  const updatedAt = nowToTheSecond()
  const namespaceId = known.id
  await rememberNamespaces(tx, [known])
  await tx.metadefNamespace.update({ where: { id: namespaceId }, data: { ...fields, updatedAt } })
  for (const { name, prefix, propertiesTarget } of content.associations.filter(({ name }) =>
    there.associations.has(name),
  )) {
    await tx.metadefAssociation.updateMany({
      where: { namespaceId, resourceType: { name } },
      data: { prefix, propertiesTarget, updatedAt },
    })
    await tx.metadefResourceType.update({ where: { name }, data: { updatedAt } })
  }
  for (const { name, schema } of content.properties.filter(({ name }) => there.properties.has(name))) {
    const where = { namespaceId_name: { namespaceId, name } }
    await tx.metadefProperty.update({ where, data: { schema: JSON.stringify(schema), updatedAt } })
  }
  for (const object of content.objects.filter(({ name }) => there.objects.has(name))) {
    const where = { namespaceId_name: { namespaceId, name: object.name } }
    await tx.metadefObject.update({ where, data: { ...objectData(object), updatedAt } })
  }
}

type ReadonlyContentNames = Readonly<Record<keyof NamespaceContent, ReadonlySet<string>>>

async function contentOf(tx: Tx, namespaceId: number): Promise<ReadonlyContentNames> {
  const where = { namespaceId }
  const namesOf = (rows: readonly { readonly name: string }[]) => new Set(rows.map(({ name }) => name))
  const query = { where, select: { name: true } }
  return {
    associations: namesOf(await associationsOf(namespaceId, tx)),
    properties: namesOf(await tx.metadefProperty.findMany(query)),
    objects: namesOf(await tx.metadefObject.findMany(query)),
    tags: namesOf(await tx.metadefTag.findMany(query)),
  }
}

function without(content: NamespaceContent, there: ReadonlyContentNames): NamespaceContent {
  return {
    associations: content.associations.filter(({ name }) => !there.associations.has(name)),
    properties: content.properties.filter(({ name }) => !there.properties.has(name)),
    objects: content.objects.filter(({ name }) => !there.objects.has(name)),
    tags: content.tags.filter((name) => !there.tags.has(name)),
  }
}

const BATCH = 500

async function removeNamespaces(tx: Tx, by: Actor, namespaces: readonly Namespace[]): Promise<void> {
  for (let start = 0; start < namespaces.length; start += BATCH) {
    const batch = namespaces.slice(start, start + BATCH)
    await rememberNamespaces(tx, batch)
    await tx.metadefNamespace.deleteMany({ where: { id: { in: batch.map(({ id }) => id) } } })
    const type = 'metadef_namespace.delete'
    const events = batch.map((namespace) => ({ type, by, payload: namespaceNote(namespace) }) as const)
    await insertEvents(tx, events)
  }
}

/**
 * Removes every namespace, whoever made it and protected or not, and the resource types; or only what definition files
 * brought, and their types that nothing names any more. How many namespaces there were.
 */
export async function unloadDefinitions({ onlySeeded }: { readonly onlySeeded: boolean }): Promise<number> {
  return await inTransaction(db(), async (tx) => {
    await tx.$executeRaw`UPDATE "MetadefNamespace" SET "id" = "id"`
    const rows = await tx.metadefNamespace.findMany({ where: onlySeeded ? { isSeeded: true } : {} })
    await removeNamespaces(tx, serviceItself, rows.map(namespaceOfRow))
    await tx.metadefResourceType.deleteMany({
      where: onlySeeded ? { isProtected: true, associations: { none: {} } } : {},
    })
    return rows.length
  })
}

const FILE_NAME_LENGTH_MAX = 200

/** Writes a definition file for each namespace into a folder, which is made; the names of the files. */
export async function exportDefinitions(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true })
  const rows = await db().metadefNamespace.findMany({ orderBy: { name: 'asc' } })
  const files: string[] = []
  for (const namespace of rows.map(namespaceOfRow)) {
    const file = fileNameOf(namespace.name)
    await writeFile(join(folder, file), `${JSON.stringify(await definitionOf(namespace), null, 2)}\n`)
    files.push(file)
  }
  return files
}

function fileNameOf(name: string): string {
  const escaped = encodeURIComponent(name)
  if (escaped.length <= FILE_NAME_LENGTH_MAX) return `${escaped}.json`
  return `${createHash('sha256').update(name).digest('hex')}.json`
}

async function definitionOf(namespace: Namespace) {
  const { associations, properties, objects, tags } = await findContent(namespace.id)
  return {
    ...wireNamespaceFields(namespace),
    ...(associations.length > 0 && { resource_type_associations: associations.map(wireAssociation) }),
    ...(properties.length > 0 && {
      properties: Object.fromEntries(properties.map(({ name, schema }) => [name, schema])),
    }),
    ...(objects.length > 0 && {
      objects: objects.map(({ name, description, required, properties: map }) => ({
        name,
        ...(description !== null && { description }),
        ...(required.length > 0 && { required }),
        properties: map,
      })),
    }),
    ...(tags.length > 0 && { tags: tags.map(({ name }) => ({ name })) }),
  }
}
