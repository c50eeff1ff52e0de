import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { runMetadefs } from './command'
import { exportDefinitions, loadDefinitions, unloadDefinitions } from './definition-files'
import { loadStandardDefinitions, mayLoadStandard } from './load-standard'
import { createNamespace, showNamespace, updateNamespace } from './namespaces'
import { createProperty } from './properties'
import { listResourceTypes } from './resource-types'
import { createTag } from './tags'

const ours = join(process.cwd(), 'lib/metadefs/catalog')
/** Small files of every shape that Glance's own 33 have, and some more. */
const shapes = join(process.cwd(), 'lib/metadefs/test-definitions')
/** What Glance's files say of the namespaces that ours describe, without their words for people. */
const facts = join(process.cwd(), 'lib/metadefs/test-catalog-facts.json')
/** Where Debian's package glance-common puts Glance's own files. */
const theirs = '/usr/share/glance-common/metadefs'

const admin = contextOf({ projectId: 'admin', roles: ['admin', 'member', 'reader'] })
const reader = contextOf({ roles: ['reader'] })

interface Definition {
  readonly namespace: string
  readonly tags?: readonly unknown[]
  readonly objects?: readonly unknown[]
  readonly resource_type_associations?: readonly unknown[]
  readonly properties?: Readonly<Record<string, unknown>>
}

const definitionsIn = (folder: string): Definition[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))

/** What a file means: what it leaves out is what loading fills in, and empty collections are none. */
function filledIn(definition: Definition): unknown {
  const named = (items: readonly unknown[] = []) =>
    [...items].sort((a, b) => ((a as { name: string }).name < (b as { name: string }).name ? -1 : 1))
  const { tags, objects, resource_type_associations: types, properties, ...rest } = definition
  return {
    visibility: 'private',
    protected: false,
    owner: 'admin',
    ...rest,
    tags: named(tags),
    objects: named(objects),
    types: named(types),
    properties: properties ?? {},
  }
}

const byName = (a: Definition, b: Definition) => (a.namespace < b.namespace ? -1 : 1)

describe.each(testFlavours())('definition files on %s', (flavour) => {
  let database: TestDatabase
  let folder = ''
  beforeEach(async () => {
    database = await openTestDatabase(flavour)
    folder = mkdtempSync(join(tmpdir(), 'glimpse-metadefs-'))
  })
  afterEach(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })

  const write = (name: string, definition: unknown) =>
    writeFileSync(join(folder, name), typeof definition === 'string' ? definition : JSON.stringify(definition))
  const outcomes = async (mode: Parameters<typeof loadDefinitions>[1]['mode']) =>
    (await loadDefinitions(folder, { mode })).map(({ outcome }) => outcome)

  async function roundTrip(source: string): Promise<number> {
    const results = await loadDefinitions(source, { mode: 'skip' })
    expect(results.filter(({ outcome }) => outcome !== 'inserted')).toEqual([])
    await exportDefinitions(folder)
    const expected = definitionsIn(source).sort(byName).map(filledIn)
    expect(definitionsIn(folder).sort(byName).map(filledIn)).toEqual(expected)
    expect(await unloadDefinitions({ onlySeeded: true })).toBe(results.length)
    expect(await database.db.metadefResourceType.count()).toBe(0)
    expect((await loadDefinitions(folder, { mode: 'skip' })).every(({ outcome }) => outcome === 'inserted')).toBe(true)
    return results.length
  }

  it('of our own catalog load, are public and come out as they went in', async () => {
    expect(await roundTrip(ours)).toBeGreaterThanOrEqual(15)
    const shown = await showNamespace(reader, 'OS::Glance::CommonImageProperties')
    expect(shown.properties).toHaveLength(10)
    expect(shown.namespace).toMatchObject({ ownerId: 'admin', visibility: 'public', updatedAt: null })
    expect((await listResourceTypes(reader)).length).toBeGreaterThan(2)
  })

  it('that we bring are loaded by administrators alone, in their name, and only once', async () => {
    expect([mayLoadStandard(admin), mayLoadStandard(reader)]).toEqual([true, false])
    await expect(loadStandardDefinitions(reader)).rejects.toMatchObject({ code: 'policy_denied' })
    expect(await database.db.metadefNamespace.count()).toBe(0)
    const results = await loadStandardDefinitions(admin)
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['inserted']))
    const events = await database.db.event.findMany({ where: { type: 'metadef_namespace.create' } })
    expect(events.length).toBe(results.length)
    expect(new Set(events.map(({ userId }) => userId))).toEqual(new Set([admin.principal.userId]))
    const again = await loadStandardDefinitions(admin)
    expect(new Set(again.map(({ outcome }) => outcome))).toEqual(new Set(['skipped']))
  })

  it('of every shape that Glance has load, and come out as they went in', async () => {
    expect(await roundTrip(shapes)).toBe(4)
  })

  // Where the package is installed, Glance's own files too.
  if (existsSync(theirs))
    it('of Glance load, all 33, and come out as they went in', async () => {
      expect(await roundTrip(theirs)).toBe(33)
    })

  it('are merged as they ask to be', async () => {
    const definition = {
      namespace: 'N',
      visibility: 'public',
      tags: [{ name: 'a' }],
      properties: { p: property('one') },
    }
    write('n.json', { ...definition, resource_type_associations: [{ name: 'T', prefix: 't_' }] })
    expect(await outcomes('skip')).toEqual(['inserted'])
    await createTag(admin, 'N', 'mine')
    await createProperty(admin, 'N', { name: 'added', ...property('by hand') })
    await updateNamespace(admin, 'N', { namespace: 'N', visibility: 'public', display_name: 'Mine', owner: 'me' })
    write('n.json', {
      ...definition,
      display_name: 'Theirs',
      properties: { p: property('two'), q: property('new') },
      resource_type_associations: [{ name: 'T', prefix: 'x_' }, { name: 'U' }],
      objects: [{ name: 'o', required: ['a,b'], properties: {} }],
    })
    const state = async () => {
      const { namespace, properties, associations, objects, tags } = await showNamespace(admin, 'N')
      return {
        title: namespace.displayName,
        owner: namespace.ownerId,
        properties: properties.map(({ name, schema }) => `${name} ${schema.title}`),
        types: associations.map(({ name, prefix }) => `${name} ${prefix}`).sort(),
        objects: objects.map(({ name, required }) => [name, ...required]),
        tags: tags.map(({ name }) => name).sort(),
      }
    }
    const byHand = await state()
    expect(await outcomes('skip')).toEqual(['skipped'])
    expect(await state()).toEqual(byHand)
    expect(await loadDefinitions(folder, { mode: 'overwrite', isDryRun: true })).toEqual([
      { file: 'n.json', outcome: 'replaced' },
    ])
    expect(await state()).toEqual(byHand)
    expect(await outcomes('merge')).toEqual(['merged'])
    const merged = {
      title: 'Mine',
      owner: 'me',
      properties: ['added by hand', 'p one', 'q new'],
      types: ['T t_', 'U null'],
      objects: [['o', 'a,b']],
      tags: ['a', 'mine'],
    }
    expect(await state()).toEqual(merged)
    expect(await outcomes('prefer-new')).toEqual(['updated'])
    const updated = { title: 'Theirs', owner: 'admin', properties: ['added by hand', 'p two', 'q new'] }
    expect(await state()).toEqual({ ...merged, ...updated, types: ['T x_', 'U null'] })
    expect(await outcomes('overwrite')).toEqual(['replaced'])
    const replaced = { title: 'Theirs', owner: 'admin', properties: ['p two', 'q new'], tags: ['a'] }
    expect(await state()).toEqual({ ...merged, ...replaced, types: ['T x_', 'U null'] })
  })

  it('that are wrong are named with the key, and leave nothing', async () => {
    write('a.json', '{')
    write('b.json', { namespace: 'B', properties: { good: property('t'), bad: { type: 'string' } } })
    write('c.json', {
      namespace: 'C',
      objects: [{ name: 'o', properties: { bad: { ...property('t'), enum: [null] } } }],
    })
    write('d.json', { namespace: 'D', tags: [{ name: 'a' }, { name: 'a' }] })
    write('e.json', { namespace: 'E' })
    const results = await loadDefinitions(folder, { mode: 'skip' })
    expect(results.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'refused', 'refused', 'inserted'])
    expect(results[1]?.problem).toContain("'namespace, properties, bad': 'title' is a required property")
    expect(results[2]?.problem).toContain("'namespace, objects, o, properties, bad'")
    expect(await database.db.metadefNamespace.findMany({ select: { name: true } })).toEqual([{ name: 'E' }])
    expect(await database.db.metadefTag.count()).toBe(0)
  })

  it('are loaded, written and removed by the command, which says what it did', async () => {
    await createNamespace(admin, { namespace: '磁盘/'.slice(0, 2).repeat(40), tags: [{ name: 'a' }] })
    write('n.json', { namespace: 'N' })
    expect(await runMetadefs(['load', '--path', folder])).toEqual({ exitCode: 0, lines: ['n.json: inserted'] })
    expect(await runMetadefs(['load', '--path', join(folder, 'n.json'), '--merge', '--prefer_new'])).toEqual({
      exitCode: 0,
      lines: ['n.json: updated'],
    })
    write('bad.json', '[]')
    expect((await runMetadefs(['load', '--path', folder])).exitCode).toBe(1)
    const contradictions = [['--prefer-new'], ['--overwrite'], ['--merge', '--overwrite', '--prefer-new'], ['--force']]
    for (const words of contradictions) expect((await runMetadefs(['load', ...words])).exitCode).toBe(2)
    const out = join(folder, 'out')
    expect(await runMetadefs(['export', '--path', out])).toMatchObject({ exitCode: 0 })
    expect(readdirSync(out)).toHaveLength(2)
    expect(await runMetadefs(['unload', '--only-seeded'])).toEqual({ exitCode: 0, lines: ['1 namespaces removed'] })
    expect(await runMetadefs(['unload'])).toEqual({ exitCode: 0, lines: ['1 namespaces removed'] })
    expect(await database.db.metadefNamespace.count()).toBe(0)
  })
})

describe('definition files of ours', () => {
  interface Facts {
    readonly resource_type_associations: readonly { readonly name: string }[]
    readonly properties: Readonly<Record<string, unknown>>
  }
  const factsOf = ({ resource_type_associations: types = [], properties = {} }: Definition): Facts => ({
    resource_type_associations: types as Facts['resource_type_associations'],
    properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, withoutProse(schema)])),
  })
  const typesOf = ({ resource_type_associations: types }: Facts) =>
    [...types].sort((a, b) => (a.name < b.name ? -1 : 1))
  const known: Readonly<Record<string, Facts>> = JSON.parse(readFileSync(facts, 'utf8'))

  it("have the keys, types, choices and limits of Glance's", () => {
    // The package that they were taken from is older than what we follow, which has more choices here.
    const newer: ReadonlySet<string> = new Set(['hw_vif_model', 'tpm_model'])
    for (const definition of definitionsIn(ours)) {
      const original = known[definition.namespace]
      if (original === undefined) throw new Error(`nothing is known of ${definition.namespace}`)
      const here = factsOf(definition)
      expect(typesOf(here), definition.namespace).toEqual(typesOf(original))
      for (const [name, property] of Object.entries(original.properties)) {
        if (newer.has(name)) expect(here.properties).toHaveProperty(name)
        else expect(here.properties[name], `${definition.namespace} ${name}`).toEqual(property)
      }
    }
  })

  if (existsSync(theirs))
    it('are compared with what the package has', () => {
      const packaged = Object.fromEntries(definitionsIn(theirs).map((each) => [each.namespace, factsOf(each)]))
      for (const [namespace, each] of Object.entries(known)) expect(packaged[namespace]).toEqual(each)
    })
})

const property = (title: string) => ({ type: 'string', title })
const isProse = (key: string) => key === 'title' || key === 'description'

function withoutProse(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !isProse(key)))
}
