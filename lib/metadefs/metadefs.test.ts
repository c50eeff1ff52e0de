import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RequestContext } from '@/lib/context/request-context'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { outcomeOf } from '@/lib/errors/test-outcome'
import { setClock } from '@/lib/runtime/clock'
import { listNamespaces } from './list-namespaces'
import { createNamespace, deleteContent, deleteNamespace, showNamespace, updateNamespace } from './namespaces'
import { createObject, getObject, listObjects, updateObject } from './objects'
import { parseNamespaceQuery, parseTagQuery } from './parse-queries'
import { createProperty, getProperty, updateProperty } from './properties'
import { createAssociation, deleteAssociation, listResourceTypes } from './resource-types'
import { createTag, createTags, deleteTag, getTag, listTags, renameTag } from './tags'

const admin = contextOf({ userId: 'root', projectId: 'admin', roles: ['admin', 'member', 'reader'] })
const member = contextOf({ roles: ['member', 'reader'] })
const stranger = contextOf({ projectId: 'elsewhere', roles: ['member', 'reader'] })
const roleless = contextOf()

const text = { title: 't', type: 'string' }

describe.each(testFlavours())('metadata definitions on %s', (flavour) => {
  let database: TestDatabase

  async function open(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    database = await openTestDatabase(flavour, settings)
  }
  beforeEach(() => open())
  afterEach(async () => {
    setClock(undefined)
    await database.close()
  })
  async function reopen(settings: Readonly<Record<string, string>>): Promise<void> {
    await database.close()
    await open(settings)
  }

  const make = (namespace: string, fields: object = {}) =>
    createNamespace(admin, { namespace, visibility: 'public', ...fields })
  const list = async (query: string, ctx: RequestContext = admin) => {
    const { rows, next } = await listNamespaces(ctx, parseNamespaceQuery(new URLSearchParams(query)))
    return { names: rows.map(({ namespace }) => namespace.name), next }
  }
  const tagNames = async (namespace: string, query: string) =>
    (await listTags(admin, namespace, parseTagQuery(new URLSearchParams(query)))).map(({ name }) => name)
  const counts = async () => ({
    namespaces: await database.db.metadefNamespace.count(),
    objects: await database.db.metadefObject.count(),
    properties: await database.db.metadefProperty.count(),
    tags: await database.db.metadefTag.count(),
    associations: await database.db.metadefAssociation.count(),
    types: await database.db.metadefResourceType.count(),
    events: await database.db.event.count(),
  })
  const nothing = { namespaces: 0, objects: 0, properties: 0, tags: 0, associations: 0, types: 0, events: 0 }

  it.each(['Lab::Disk', 'é', 'Ünï çødé', 'диск', '磁盘', 'قرص', '💾', 'e\u0301', '__proto__', '%41', '..', '\'"<&>'])(
    'keep the name %j of everything',
    async (name) => {
      await make(name, {
        resource_type_associations: [{ name, prefix: name, properties_target: name }],
        properties: Object.fromEntries([[name, { ...text, default: name, enum: [name] }]]),
        objects: [{ name, required: [name], properties: Object.fromEntries([[name, text]]) }],
        tags: [{ name }],
      })
      const shown = await showNamespace(member, name)
      expect(shown.namespace.name).toBe(name)
      expect(shown.associations).toMatchObject([{ name, prefix: name, propertiesTarget: name }])
      expect(shown.properties).toEqual([{ name, schema: { type: 'string', title: 't', default: name, enum: [name] } }])
      expect(shown.objects).toMatchObject([{ name, required: [name] }])
      expect(Object.keys(shown.objects[0]?.properties ?? {})).toEqual([name])
      expect(shown.tags.map((tag) => tag.name)).toEqual([name])
      expect((await getObject(member, name, name)).name).toBe(name)
      expect((await getProperty(member, name, name + name, name)).name).toBe(name)
      expect((await getTag(member, name, name)).name).toBe(name)
      expect((await list('')).names).toEqual([name])
      await deleteNamespace(admin, name)
      expect(await counts()).toEqual({ ...nothing, types: 1, events: 2 })
    },
  )

  it('are made whole or not at all', async () => {
    const content = {
      resource_type_associations: [{ name: 'T' }],
      properties: { p: text },
      objects: [{ name: 'o', properties: { q: text } }],
      tags: [{ name: 'a' }],
    }
    const faulty: readonly object[] = [
      { tags: [{ name: 'a' }, { name: 'a' }] },
      { objects: [{ name: 'o' }, { name: 'o' }] },
      { resource_type_associations: [{ name: 'T' }, { name: 'T' }] },
      { tags: [{ name: 'a', colour: 'red' }] },
      { properties: { p: { type: 'string' } } },
      { objects: [{ properties: {} }] },
      { tags: [{ name: '\ud800' }] },
    ]
    for (const fault of faulty) {
      expect(await outcomeOf(make('N', { ...content, ...fault, protected: true }))).toMatch(/^4/)
    }
    expect(await counts()).toEqual(nothing)
    await make('N', content)
    expect(await outcomeOf(make('N', { ...content, tags: [{ name: 'b' }] }))).toBe(
      '409 The metadata definition namespace=N already exists.',
    )
    expect(await counts()).toEqual({
      namespaces: 1,
      objects: 1,
      properties: 1,
      tags: 1,
      associations: 1,
      types: 1,
      events: 1,
    })
  })

  it('of one name are made once, however many ask at once', async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => outcomeOf(make('N', { tags: [{ name: 'a' }] }))))
    expect(made.filter((outcome) => outcome === 'done')).toHaveLength(1)
    expect(made.filter((outcome) => outcome.startsWith('409'))).toHaveLength(3)
    const types = await Promise.all(
      ['A', 'B', 'C'].map(async (name) => {
        await make(name)
        return await outcomeOf(createAssociation(admin, name, { name: 'Same::Type' }))
      }),
    )
    expect(types).toEqual(['done', 'done', 'done'])
    expect((await counts()).types).toBe(1)
  })

  it('are found by administrators, by their project and, when public, by all', async () => {
    await make('public')
    await make('mine', { visibility: 'private', owner: 'mine' })
    await make('theirs', { visibility: 'private', owner: 'elsewhere' })
    const seenBy = async (ctx: RequestContext) => (await list('sort_key=namespace&sort_dir=asc', ctx)).names
    expect(await seenBy(admin)).toEqual(['mine', 'public', 'theirs'])
    expect(await seenBy(member)).toEqual(['mine', 'public'])
    expect(await seenBy(stranger)).toEqual(['public', 'theirs'])
    expect(await outcomeOf(seenBy(roleless))).toBe('404 The resource could not be found.')
    // Hidden and absent are one.
    const outcomes = (name: string) =>
      Promise.all(
        [
          showNamespace(member, name),
          updateNamespace(member, name, { namespace: name }),
          deleteNamespace(member, name),
          listObjects(member, name),
          createTag(member, name, 'a'),
          list(`marker=${name}`, member),
        ].map(outcomeOf),
      )
    const absent = await outcomes('absent')
    expect((await outcomes('theirs')).map((outcome) => outcome.replace('theirs', 'absent'))).toEqual(absent)
    expect(absent.every((outcome) => outcome.startsWith('404 '))).toBe(true)
    expect(await outcomeOf(deleteNamespace(member, 'mine'))).toBe(
      '403 You are not authorized to complete delete_metadef_namespace action.',
    )
    expect(await outcomeOf(deleteNamespace(roleless, 'mine'))).toBe('404 The resource could not be found.')
  })

  describe('pages of namespaces', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']

    async function walk(query: string, ctx: RequestContext, between?: (page: number) => Promise<unknown>) {
      const seen: string[] = []
      let marker: string | undefined
      for (let page = 0; page < 20; page += 1) {
        const found = await list(`${query}${marker === undefined ? '' : `&marker=${encodeURIComponent(marker)}`}`, ctx)
        seen.push(...found.names)
        if (found.next === undefined) return seen
        marker = found.next
        await between?.(page)
      }
      throw new Error('the list has no end')
    }

    beforeEach(async () => {
      for (const [index, name] of names.entries()) {
        setClock({ now: () => new Date(1_800_000_000_000 + (index >> 1) * 1000) })
        await make(name, {
          owner: index % 3 === 0 ? 'mine' : 'elsewhere',
          protected: index % 2 === 0,
          visibility: index === 4 ? 'private' : 'public',
          ...(index % 3 > 0 && { display_name: `D${index % 3}` }),
        })
      }
      await database.db.metadefNamespace.updateMany({ where: { name: { in: ['b', 'c'] } }, data: { updatedAt: null } })
    })

    it('show each one once by every key, in both directions, missing values at one end', async () => {
      const keys = ['namespace', 'display_name', 'visibility', 'protected', 'owner', 'created_at', 'updated_at']
      for (const key of keys) {
        const up = await walk(`limit=2&sort_key=${key}&sort_dir=asc`, admin)
        expect([...up].sort()).toEqual(names)
        expect((await list(`sort_key=${key}&sort_dir=asc`)).names).toEqual(up)
        expect(await walk(`limit=3&sort_key=${key}&sort_dir=desc`, admin)).toEqual([...up].reverse())
      }
      expect((await list('sort_key=display_name&sort_dir=asc')).names.slice(0, 3)).toEqual(['a', 'd', 'g'])
      expect((await list('')).names).toEqual([...names].reverse())
    })

    it('show only what the caller may find', async () => {
      expect(await walk('limit=2&sort_key=namespace&sort_dir=asc', member)).toEqual(['a', 'b', 'c', 'd', 'f', 'g'])
      expect((await list('visibility=private')).names).toEqual(['e'])
      expect((await list('resource_types=X,Y')).names).toEqual([])
      await createAssociation(admin, 'b', { name: 'X' })
      expect((await list('resource_types=X,Y')).names).toEqual(['b'])
      expect(await list('limit=0')).toEqual({ names: [], next: undefined })
    })

    it('go on when the one they stopped at is deleted, renamed or hidden', async () => {
      const query = 'limit=2&sort_key=namespace&sort_dir=asc'
      const changes = [
        () => deleteNamespace(admin, 'b'),
        () => updateNamespace(admin, 'd', { namespace: 'dd', visibility: 'public' }),
        () => updateNamespace(admin, 'f', { namespace: 'f', owner: 'elsewhere', visibility: 'private' }),
      ]
      await database.db.metadefNamespace.updateMany({ data: { isProtected: false } })
      const seen = await walk(query, member, (page) => changes[page]?.() ?? Promise.resolve())
      expect(seen).toEqual(['a', 'b', 'c', 'd', 'dd', 'f', 'g'])
      expect(await outcomeOf(list('marker=e', member))).toBe('404 Metadata definition namespace=e was not found.')
      expect(await outcomeOf(list('marker=never'))).toBe('404 Metadata definition namespace=never was not found.')
    })

    it('forget after a day where lists had stopped', async () => {
      await deleteNamespace(admin, 'b')
      await outcomeOf(list('marker=b'))
      setClock({ now: () => new Date(1_800_000_000_000 + 25 * 3600 * 1000) })
      await deleteNamespace(admin, 'd')
      expect(await database.db.metadefMarker.findMany({ select: { name: true } })).toEqual([{ name: 'd' }])
    })
  })

  it('of the tags of a namespace are listed newest first, in pages, and lists go on when tags go', async () => {
    await make('N')
    expect(await createTags(admin, 'N', { tags: ['a', 'b', 'c', 'd'].map((name) => ({ name })) }, appending)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ])
    expect(await tagNames('N', '')).toEqual(['d', 'c', 'b', 'a'])
    expect(await tagNames('N', 'limit=2&sort_key=name&sort_dir=asc')).toEqual(['a', 'b'])
    await deleteTag(admin, 'N', 'b')
    expect(await tagNames('N', 'limit=2&sort_key=name&sort_dir=asc&marker=b')).toEqual(['c', 'd'])
    await renameTag(admin, 'N', 'c', { name: 'x' })
    expect(await tagNames('N', 'sort_key=name&sort_dir=asc&marker=c')).toEqual(['d', 'x'])
    expect(await outcomeOf(tagNames('N', 'marker=never'))).toMatch(/^404 /)
    expect(await outcomeOf(createTags(admin, 'N', { tags: [{ name: 'e' }, { name: 'a' }] }, appending))).toMatch(
      /^409 /,
    )
    expect(await tagNames('N', 'limit=0')).toEqual([])
    expect(await outcomeOf(createTags(admin, 'N', { tags: [{ name: 'e' }, { name: 'e' }] }, replacing))).toMatch(
      /^409 /,
    )
    expect(await tagNames('N', 'sort_key=name&sort_dir=asc')).toEqual(['a', 'd', 'x'])
    await createTags(admin, 'N', { tags: [{ name: 'A' }, { name: 'a' }] }, replacing)
    expect(await tagNames('N', 'sort_key=name&sort_dir=asc')).toEqual(['A', 'a'])
    expect(await outcomeOf(createTag(admin, 'N', 'A'))).toMatch(/^409 /)
  })

  it('stay when they are protected, and may be added to', async () => {
    const content = { properties: { p: text }, objects: [{ name: 'o' }], tags: [{ name: 'a' }] }
    await make('N', { ...content, protected: true, resource_type_associations: [{ name: 'T' }] })
    const refused = await Promise.all(
      [
        deleteNamespace(admin, 'N'),
        deleteContent(admin, 'N', 'objects'),
        deleteContent(admin, 'N', 'properties'),
        deleteContent(admin, 'N', 'tags'),
        deleteTag(admin, 'N', 'a'),
        deleteAssociation(admin, 'N', 'T'),
      ].map(outcomeOf),
    )
    expect(refused.map((outcome) => outcome.slice(0, 4))).toEqual(Array.from(refused, () => '403 '))
    await createProperty(admin, 'N', { name: 'q', ...text })
    await updateObject(admin, 'N', 'o', { name: 'o2' })
    await updateNamespace(admin, 'N', { namespace: 'N' })
    for (const kind of ['objects', 'properties', 'tags'] as const) await deleteContent(admin, 'N', kind)
    await deleteAssociation(admin, 'N', 'T')
    expect(await counts()).toMatchObject({ objects: 0, properties: 0, tags: 0, associations: 0, types: 1 })
  })

  it('tell what happened in one row each, and nothing of what was refused', async () => {
    await make('N', { protected: true })
    await createObject(admin, 'N', { name: 'o', description: 'd' })
    await updateObject(admin, 'N', 'o', { name: 'o2' })
    await createProperty(admin, 'N', { name: 'p', ...text })
    await updateProperty(admin, 'N', 'p', { name: 'p', type: 'integer', title: 't' })
    await createTag(admin, 'N', 'a')
    await createAssociation(admin, 'N', { name: 'T', prefix: 't_' })
    await outcomeOf(deleteNamespace(admin, 'N'))
    await outcomeOf(createTag(admin, 'N', 'a'))
    await updateNamespace(admin, 'N', { namespace: 'M', visibility: 'public' })
    const rows = await database.db.event.findMany({ orderBy: { id: 'asc' } })
    expect(rows.map(({ type }) => type)).toEqual([
      'metadef_namespace.create',
      'metadef_object.create',
      'metadef_object.update',
      'metadef_property.create',
      'metadef_property.update',
      'metadef_tag.create',
      'metadef_resource_type.create',
      'metadef_namespace.update',
    ])
    expect(
      rows.every(({ userId, requestId, outcome }) => `${userId} ${requestId} ${outcome}` === 'root req-1 success'),
    ).toBe(true)
    expect(rows[2]).toMatchObject({ before: { name: 'o', description: 'd' }, payload: { name: 'o2', namespace: 'N' } })
    expect(rows[7]).toMatchObject({ before: { namespace: 'N', protected: true }, payload: { namespace: 'M' } })
  })

  it('are limited where settings say so, exactly', async () => {
    await reopen({
      GLIMPSE__METADEFS__NAMESPACE_LIMIT: '2',
      GLIMPSE__METADEFS__OBJECT_LIMIT: '1',
      GLIMPSE__METADEFS__PROPERTY_LIMIT: '1',
      GLIMPSE__METADEFS__TAG_LIMIT: '3',
      GLIMPSE__METADEFS__RESOURCE_TYPE_LIMIT: '0',
    })
    const made = await Promise.all(['a', 'b', 'c', 'd'].map((name) => outcomeOf(make(name, { owner: 'mine' }))))
    expect(made.filter((outcome) => outcome === 'done')).toHaveLength(2)
    expect(made.filter((outcome) => outcome !== 'done')).toEqual(
      Array.from(
        { length: 2 },
        () =>
          '413 The limit has been exceeded on the number of metadata definition namespaces of this project. Attempted: 3, Maximum: 2',
      ),
    )
    await make('other', { owner: 'elsewhere' })
    expect(await outcomeOf(updateNamespace(admin, 'other', { namespace: 'other', owner: 'mine' }))).toMatch(/^413 /)
    const objects = await Promise.all(['a', 'b', 'c'].map((name) => outcomeOf(createObject(admin, 'other', { name }))))
    expect(objects.filter((outcome) => outcome === 'done')).toHaveLength(1)
    expect(await outcomeOf(createTags(admin, 'other', { tags: ['a', 'b', 'c'].map(named) }, replacing))).toBe('done')
    expect(await outcomeOf(createTag(admin, 'other', 'd'))).toMatch(/^413 /)
    expect(await outcomeOf(createTags(admin, 'other', { tags: ['d'].map(named) }, appending))).toMatch(/^413 /)
    expect(await outcomeOf(createTags(admin, 'other', { tags: ['d'].map(named) }, replacing))).toBe('done')
    expect(await outcomeOf(createAssociation(admin, 'other', { name: 'T' }))).toMatch(/^413 /)
    expect(await outcomeOf(make('e', { properties: { p: text, q: text } }))).toMatch(/^413 /)
    expect((await counts()).types).toBe(0)
  })

  it('name resource types to those who find a namespace with them, or to all', async () => {
    await make('hidden', {
      visibility: 'private',
      owner: 'elsewhere',
      resource_type_associations: [{ name: 'Secret' }],
    })
    await make('shown', { resource_type_associations: [{ name: 'Known' }] })
    const known = async (ctx: RequestContext) => (await listResourceTypes(ctx)).map(({ name }) => name)
    expect(await known(member)).toEqual(['Known'])
    expect(await known(stranger)).toEqual(['Secret', 'Known'])
    await deleteNamespace(admin, 'hidden')
    expect([await known(stranger), await known(admin)]).toEqual([['Known'], ['Secret', 'Known']])
    await reopen({ GLIMPSE__METADEFS__SHOW_ALL_RESOURCE_TYPES: 'true' })
    await make('hidden', {
      visibility: 'private',
      owner: 'elsewhere',
      resource_type_associations: [{ name: 'Secret' }],
    })
    expect(await known(member)).toEqual(['Secret'])
  })

  it('take nothing into a namespace that goes at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      await make('N')
      const [gone, added] = await Promise.all([
        outcomeOf(deleteNamespace(admin, 'N')),
        outcomeOf(createTag(admin, 'N', 'a')),
      ])
      expect(gone).toBe('done')
      expect(['done', '404 Namespace N not found']).toContain(added)
      expect(await counts()).toMatchObject({ namespaces: 0, tags: 0 })
    }
  })
})

const appending = { isAppending: true }
const replacing = { isAppending: false }
const named = (name: string) => ({ name })
