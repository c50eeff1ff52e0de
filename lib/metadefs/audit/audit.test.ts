import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { outcomeOf } from '@/lib/errors/test-outcome'
import { findAuditRows } from '@/lib/events/event-repo'
import { bootstrapIdentity } from '@/lib/identity/builtin/bootstrap'
import { type PresetName, presetRules } from '@/lib/policy/presets'
import { buildRuleSet, defaultRuleSet, glanceRules } from '@/lib/policy/rule-set'
import { loadDefinitions } from '../definition-files'
import { createNamespace, deleteNamespace } from '../namespaces'
import { auditExposure, type Finding, type NamespaceFinding, type TypeFinding } from './audit'
import { collectReport, writeReport } from './report'
import { defaultWordList, readWordList, writeWordList } from './word-list'

const admin = contextOf({ userId: 'root', projectId: 'pid-admin', roles: ['admin', 'member', 'reader'] })
const standard = defaultRuleSet()
const preset = (name: PresetName) => buildRuleSet(glanceRules, presetRules(name), { enforceNewDefaults: true })
const text = { title: 't', type: 'string' }

describe.each(testFlavours())('the exposure audit on %s', (flavour) => {
  let world: TestDatabase

  beforeEach(async () => {
    world = await openTestDatabase(flavour)
    await world.db.domain.create({ data: { id: 'did-north', name: 'Northwind' } })
    await world.db.project.create({ data: { id: 'pid-acme', name: 'acme', domainId: 'did-north' } })
    const user = {
      id: 'uid-jane',
      name: 'jane.roe',
      domainId: 'did-north',
      email: 'jane@roe.test',
      createdAt: new Date(),
    }
    await world.db.user.create({ data: user })
  })
  afterEach(async () => {
    await world.close()
  })

  async function audit(after = standard, before = standard) {
    const findings: Finding[] = []
    const summary = await auditExposure({ before, after }, (finding) => void findings.push(finding))
    const namespace = (name: string) =>
      findings.find((each): each is NamespaceFinding => each.kind === 'namespace' && each.name === name)
    const type = (name: string) =>
      findings.find((each): each is TypeFinding => each.kind === 'resource type' && each.name === name)
    return { summary, findings, namespace, type }
  }
  const make = (namespace: string, more: object = {}) =>
    createNamespace(admin, { namespace, visibility: 'public', owner: 'pid-acme', ...more })

  it('finds names that identity knows, hosts, addresses and words wherever they are planted', async () => {
    await make('Plain', {
      display_name: 'For Acme',
      description: 'Runs on 10.1.2.3 for Northwind',
      resource_type_associations: [{ name: 'OS::Acme::Type', prefix: 'acme_', properties_target: 'northwind' }],
      properties: {
        acme_size: { ...text, title: 'of jane.roe', description: 'ask jane@roe.test' },
        choice: { ...text, enum: ['a', 'customer-7'], default: 'db1.prod.corp', pattern: '^pid-acme$' },
        list: { ...text, type: 'array', items: { type: 'string', enum: ['7d0f4b9e-5f5b-4a43-9b6c-0f6a3f1f1c11'] } },
      },
      objects: [{ name: 'Northwind', description: 'uid-jane', properties: { inner: { ...text, enum: ['ACME'] } } }],
      tags: [{ name: 'acme-tag' }],
    })
    await make('Customer::Globex')
    const { namespace, type, summary } = await audit()
    const marks = namespace('Plain')?.marks.map(({ severity, kind, item, place, found, reason }) => {
      return [severity, kind, item, place, found, reason].join(' | ')
    })
    expect(marks).toEqual([
      'high | namespace | Plain | display_name | Acme | the name of a project',
      'high | namespace | Plain | description | Northwind | the name of a domain',
      'high | namespace | Plain | description | 10.1.2.3 | an IP address',
      'high | association | OS::Acme::Type | name | Acme | the name of a project',
      'high | association | OS::Acme::Type | prefix | acme | the name of a project',
      'high | association | OS::Acme::Type | properties_target | northwind | the name of a domain',
      'high | object | Northwind | name | Northwind | the name of a domain',
      'high | object | Northwind | description | uid-jane | the id of a user',
      'high | object | Northwind/inner | enum | ACME | the name of a project',
      'high | property | acme_size | name | acme | the name of a project',
      'high | property | acme_size | title | jane.roe | the name of a user',
      'high | property | acme_size | description | jane@roe | the name of a user',
      'high | property | acme_size | description | jane@roe.test | the mail address of a user',
      'high | property | acme_size | description | jane@roe.test | a mail address',
      'high | property | choice | default | db1.prod.corp | a host name',
      'high | property | choice | pattern | pid-acme | the id of a project',
      'high | property | choice | pattern | acme | the name of a project',
      'high | property | choice | enum | customer | a word of the list',
      'high | property | list | items.enum | 7d0f4b9e-5f5b-4a43-9b6c-0f6a3f1f1c11 | a UUID',
      'high | tag | acme-tag | name | acme | the name of a project',
    ])
    expect(namespace('Customer::Globex')?.marks).toMatchObject([{ severity: 'high', place: 'name', found: 'Customer' }])
    expect(type('OS::Acme::Type')?.marks).toMatchObject([{ severity: 'high', kind: 'resource type', found: 'Acme' }])
    expect(summary.gaps).toEqual([])
  })

  it('marks low what nobody outside sees, also after the change', async () => {
    await make('Hidden::Acme', { visibility: 'private' })
    await make('Open', { description: 'an internal clock' })
    const { namespace } = await audit(preset('opened'))
    expect(namespace('Hidden::Acme')?.marks).toMatchObject([{ severity: 'low', found: 'Acme' }])
    expect(namespace('Open')?.marks).toMatchObject([{ severity: 'low', found: 'internal' }])
    const closed = buildRuleSet(glanceRules, new Map([['get_metadef_namespace', '!']]), { enforceNewDefaults: true })
    await make('Acme')
    expect((await audit(closed, closed)).namespace('Acme')?.marks).toMatchObject([{ severity: 'low' }])
    expect((await audit(standard, closed)).namespace('Acme')?.marks).toMatchObject([{ severity: 'high' }])
  })

  it('lists what presets open: to whom, by which rule, and how many', async () => {
    await make('N', { properties: { p: text }, tags: [{ name: 't' }] })
    await make('Mine', { visibility: 'private' })
    const toOpen = await audit(preset('opened'))
    const roleless = 'another project, no role'
    const update = toOpen.namespace('N')?.becomesWritable.find(({ call }) => call === 'updateNamespace')
    expect(update?.personas).toContain(roleless)
    expect(update?.personas).not.toContain('administrator')
    expect(update?.rules).toEqual(['modify_metadef_namespace'])
    expect(toOpen.namespace('N')?.becomesReadable.map(({ call }) => call)).toContain('notice')
    expect(toOpen.namespace('N')?.items).toEqual({ objects: [], properties: ['p'], tags: ['t'], resourceTypes: [] })
    const outside = toOpen.namespace('Mine')?.becomesWritable.flatMap(({ personas }) => personas) ?? []
    expect(outside.filter((persona) => !persona.startsWith("owner's"))).toEqual([])
    expect(toOpen.summary.lists.becomesWritable).toEqual({ namespaces: 2, items: 4, resourceTypes: 0 })
    expect(toOpen.summary.creation[0]).toMatchObject({ call: 'createNamespace', limit: -1, currentMax: 2 })
    expect(toOpen.summary.creation[0]?.after).toContain(roleless)
    expect(toOpen.summary.creation[0]?.before).not.toContain(roleless)
    const toRhosp = await audit(preset('rhosp'))
    expect(toRhosp.summary.lists.becomesWritable.namespaces).toBe(0)
    expect(toRhosp.summary.lists.becomesReadable.namespaces).toBe(2)
    const back = await audit(standard, preset('opened'))
    expect(back.summary.lists).toMatchObject({ becomesReadable: { namespaces: 0 }, closes: { namespaces: 2 } })
  })

  it('tells of resource types that stayed behind', async () => {
    await make('Gone', { visibility: 'private', resource_type_associations: [{ name: 'Acme::Left' }] })
    await deleteNamespace(admin, 'Gone')
    expect((await audit()).type('Acme::Left')).toMatchObject({
      namespaces: 0,
      readableToday: [],
      marks: [{ severity: 'low' }],
    })
    await world.close()
    world = await openTestDatabase(flavour, { GLIMPSE__METADEFS__SHOW_ALL_RESOURCE_TYPES: 'true' })
    await make('Gone', { visibility: 'private', resource_type_associations: [{ name: 'Secret::Left' }] })
    await deleteNamespace(admin, 'Gone')
    const { type } = await audit()
    expect(type('Secret::Left')).toMatchObject({ namespaces: 0, marks: [{ severity: 'high' }] })
    expect(type('Secret::Left')?.readableToday).toContain('another project, reader')
  })

  it('asks for whoever the rules name', async () => {
    await make('N')
    const rules = new Map([
      ['add_metadef_tag', 'role:Curator and project_id:pid-x'],
      ['add_metadef_object', 'user_id:u-7'],
    ])
    const { namespace } = await audit(buildRuleSet(glanceRules, rules, { enforceNewDefaults: true }))
    const opened = namespace('N')?.becomesWritable.map(({ call, personas }) => [call, personas.length > 0])
    expect(opened).toEqual([
      ['createObject', true],
      ['createTag', true],
    ])
  })

  it('finds nothing to fear in our own catalog', async () => {
    await bootstrapIdentity('http://127.0.0.1')
    await loadDefinitions('lib/metadefs/catalog', { mode: 'skip' })
    const { findings, summary } = await audit(preset('rhosp'))
    expect(findings.flatMap(({ marks }) => marks)).toEqual([])
    expect(summary.namespaces).toBe(15)
  })

  it('says when the catalog is another one', async () => {
    await make('N', { tags: [{ name: 'one' }] })
    const digest = async () => (await audit()).summary.catalogDigest
    const first = await digest()
    expect(await digest()).toBe(first)
    await make('M')
    expect(await digest()).not.toBe(first)
  })

  it('looks for the words of a list that administrators change', async () => {
    await make('Project::Zeus', { description: 'Acme' })
    expect(await readWordList()).toEqual(defaultWordList)
    await writeWordList(admin, { words: ['zeus'], ignored: ['acme'] })
    expect((await audit()).namespace('Project::Zeus')?.marks).toMatchObject([
      { found: 'Zeus', severity: 'high', reason: 'a word of the list' },
    ])
    const { rows } = await findAuditRows({ limit: 1 })
    expect(rows).toMatchObject([{ type: 'policy.update', payload: { audit_words: ['zeus'], audit_ignored: ['acme'] } }])
    await writeWordList(admin, undefined)
    expect(await readWordList()).toEqual(defaultWordList)
    for (const bad of [{}, { words: [''] }, { words: [1] }, { words: ['\u0000'] }, { words: [], more: [] }]) {
      expect(await outcomeOf(writeWordList(admin, bad))).toMatch(/^400 /)
    }
  })

  it('is written whole, and in short for people', async () => {
    await make('=N', { display_name: 'Acme "1",\u001b[2J' })
    await make('M')
    const written = async (format: 'json' | 'csv' | 'table') => {
      let all = ''
      await writeReport({ before: standard, after: preset('opened') }, format, async (part) => {
        all += part
      })
      return all
    }
    const document = JSON.parse(await written('json'))
    expect(document.findings.map(({ name }: { name: string }) => name)).toEqual(['=N', 'M'])
    expect(document.summary.namespaces).toBe(2)
    const csv = await written('csv')
    expect(csv).toContain("mark,high,namespace,'=N,'=N,display_name")
    expect(csv).toContain('becomesWritable,,namespace,M,,,,,updateNamespace')
    const table = await written('table')
    expect(table).toContain('Becomes writable or deletable: 2 namespaces with 2 items, 0 resource types')
    expect(table).toContain('acme (the name of a project): namespace =N: display_name')
    expect(table).not.toContain('\u001b')
    const { findings, summary } = await collectReport({ before: standard, after: standard }, 1)
    expect([findings.map(({ name }) => name), summary.namespaces]).toEqual([['=N'], 2])
  })
})
