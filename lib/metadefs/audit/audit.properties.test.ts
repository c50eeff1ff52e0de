import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { environment } from '@/lib/config/environment'
import type { Principal } from '@/lib/context/principal'
import type { RequestContext } from '@/lib/context/request-context'
import { contextOf } from '@/lib/context/test-context'
import { type DatabaseFlavour, type Db, db } from '@/lib/db/client'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { inTransaction } from '@/lib/db/transaction'
import { isApiError } from '@/lib/errors/api-error'
import { setActiveRules } from '@/lib/policy/active-rules'
import type { Rules } from '@/lib/policy/evaluate'
import { metadefRules } from '@/lib/policy/presets'
import { mentionsOf } from '@/lib/policy/rule-mentions'
import { buildRuleSet, glanceRules } from '@/lib/policy/rule-set'
import { setProcessSingleton } from '@/lib/runtime/process-singleton'
import { listNamespaces } from '../list-namespaces'
import { insertNamespace } from '../namespace-repo'
import { createNamespace, deleteContent, deleteNamespace, showNamespace, updateNamespace } from '../namespaces'
import { createObject, deleteObject, getObject, listObjects, updateObject } from '../objects'
import { parseNamespaceQuery, parseTagQuery } from '../parse-queries'
import { createProperty, deleteProperty, getProperty, listProperties, updateProperty } from '../properties'
import { createAssociation, deleteAssociation, listAssociations, listResourceTypes } from '../resource-types'
import { createTag, createTags, deleteTag, getTag, listTags, renameTag } from '../tags'
import { auditExposure, type Finding, type ListName, nameOfOwner } from './audit'
import { ownerTeller, type Persona, personasOf } from './personas'

const isLong = environment().GLIMPSE_TEST_LONG === '1'
/** Decisions are the same on every database; what differs is found by few catalogs, and queries cost more there. */
const runsOn = (flavour: DatabaseFlavour) => (isLong ? 300 : flavour === 'sqlite' ? 8 : 2)

const leaf = fc.constantFrom(
  ...['@', '!', 'role:admin', 'role:reader', 'role:member', 'role:auditor', 'role:Service', 'rule:metadef_default'],
  ...['rule:metadef_admin', 'rule:context_is_admin', 'rule:gone', 'project_id:%(project_id)s', 'project_id:p1'],
  ...["'public':%(visibility)s", "'p2':%(project_id)s", 'user_id:u9', 'role:%(project_id)s', 'a..b:%(project_id)s'],
  ...['user_id:%(project_id)s', 'project_id:p%(visibility)s', 'None:%(project_id)s', 'rule:metadef_default'],
)
const { check } = fc.letrec<{ check: string }>((tie) => ({
  check: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.tuple(tie('check'), fc.constantFrom('and', 'or'), tie('check')).map((words) => `(${words.join(' ')})`),
    tie('check').map((inner) => `not ${inner}`),
  ),
}))
const overrides = fc.dictionary(fc.constantFrom(...metadefRules, 'context_is_admin', 'default'), check, { maxKeys: 8 })
const namespaces = fc.array(
  fc.record({
    ownerId: fc.constantFrom('p1', 'p2', 'p3', 'auditor', 'simulated-user', 'None', 'ppublic'),
    visibility: fc.constantFrom('public' as const, 'private' as const),
    isProtected: fc.boolean(),
    types: fc.subarray(['T1', 'T2', 'T3']),
  }),
  { minLength: 1, maxLength: 3 },
)

type Granted = 'granted' | 'refused' | 'hidden'

class Reached extends Error {}

/** Lets transactions begin, and undo what they did; where the namespace cannot refuse any more, not even begin. */
function withoutWriting(real: Db, mustLookInside: boolean): Db {
  return new Proxy(real, {
    get(target, key) {
      if (key !== '$transaction') return Reflect.get(target, key, target)
      return async (work: (tx: never) => Promise<unknown>) => {
        if (!mustLookInside) throw new Reached()
        return await target.$transaction(async (tx) => {
          await work(tx as never)
          throw new Reached()
        })
      }
    },
  })
}

async function outcome(ask: () => Promise<unknown>): Promise<Granted> {
  try {
    const answer = await ask()
    return Array.isArray(answer) && answer.length === 0 ? 'refused' : 'granted'
  } catch (error) {
    if (error instanceof Reached) return 'granted'
    if (!isApiError(error)) throw error
    return error.status === 404 ? 'hidden' : 'refused'
  }
}

async function orNothing<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await ask()
  } catch (error) {
    if (isApiError(error)) return []
    throw error
  }
}

const text = { type: 'string', title: 't' }
const everyTag = parseTagQuery(new URLSearchParams())
const everyNamespace = parseNamespaceQuery(new URLSearchParams('limit=100'))

const reads: Readonly<Record<string, (ctx: RequestContext, name: string) => Promise<unknown>>> = {
  showNamespace,
  listAssociations,
  listObjects,
  getObject: (ctx, name) => getObject(ctx, name, 'o'),
  listProperties,
  getProperty: (ctx, name) => getProperty(ctx, name, 'p', ''),
  getPropertyOfType: (ctx, name) => getProperty(ctx, name, 'x_p', 'Always'),
  listTags: (ctx, name) => listTags(ctx, name, everyTag),
  getTag: (ctx, name) => getTag(ctx, name, 't'),
}
const writes: typeof reads = {
  updateNamespace: (ctx, name) => updateNamespace(ctx, name, { namespace: name }),
  deleteNamespace,
  createAssociation: (ctx, name) => createAssociation(ctx, name, { name: 'new' }),
  deleteAssociation: (ctx, name) => deleteAssociation(ctx, name, 'Always'),
  createObject: (ctx, name) => createObject(ctx, name, { name: 'new' }),
  updateObject: (ctx, name) => updateObject(ctx, name, 'o', { name: 'o' }),
  deleteObject: (ctx, name) => deleteObject(ctx, name, 'o'),
  deleteObjects: (ctx, name) => deleteContent(ctx, name, 'objects'),
  createProperty: (ctx, name) => createProperty(ctx, name, { name: 'new', ...text }),
  updateProperty: (ctx, name) => updateProperty(ctx, name, 'p', { name: 'p', ...text }),
  deleteProperty: (ctx, name) => deleteProperty(ctx, name, 'p'),
  deleteProperties: (ctx, name) => deleteContent(ctx, name, 'properties'),
  createTag: (ctx, name) => createTag(ctx, name, 'new'),
  createTags: (ctx, name) => createTags(ctx, name, { tags: [{ name: 'new' }] }, { isAppending: true }),
  renameTag: (ctx, name) => renameTag(ctx, name, 't', { name: 'new' }),
  deleteTag: (ctx, name) => deleteTag(ctx, name, 't'),
  deleteTags: (ctx, name) => deleteContent(ctx, name, 'tags'),
}
const nested: Readonly<Record<string, object>> = {
  createNamespace: {},
}

type Answers = ReadonlyMap<string, Granted>

/** What is granted by the one set of answers alone, and of which namespaces one learns that they are there. */
function differences(was: Answers, is: Answers) {
  const opens = new Set<string>()
  const closes = new Set<string>()
  for (const [key, answer] of is) {
    const earlier = was.get(key)
    if (answer === 'granted' && earlier !== 'granted') opens.add(key)
    if (answer !== 'granted' && earlier === 'granted') closes.add(key)
  }
  const noticed = (answers: Answers) =>
    new Set([...answers].filter(([, answer]) => answer !== 'hidden').map(([key]) => key.replace(/\w+$/, 'notice')))
  const [before, after] = [noticed(was), noticed(is)]
  for (const key of after) if (!before.has(key)) opens.add(key)
  for (const key of before) if (!after.has(key)) closes.add(key)
  return { opens, closes }
}

interface Made {
  readonly name: string
  readonly ownerId: string
  readonly isProtected: boolean
  readonly types: readonly string[]
}

const asked = [...metadefRules, 'context_is_admin', 'default']

describe.each(testFlavours())('the exposure audit on %s', (flavour) => {
  let world: TestDatabase

  beforeEach(async () => {
    world = await openTestDatabase(flavour)
  })
  afterEach(async () => {
    setActiveRules(undefined)
    await world.close()
  })

  async function make(plans: readonly (Omit<Made, 'name'> & { visibility: 'public' | 'private' })[]): Promise<Made[]> {
    await world.db.metadefNamespace.deleteMany()
    await world.db.metadefResourceType.deleteMany()
    const made: Made[] = []
    for (const [index, { types, ...fields }] of plans.entries()) {
      const name = `n${index}`
      await inTransaction(world.db, (tx) =>
        insertNamespace(
          tx,
          { name, displayName: null, description: null, ...fields },
          {
            associations: [...types, 'Always'].map((type) => ({ name: type, prefix: 'x_', propertiesTarget: null })),
            properties: [{ name: 'p', schema: text }],
            objects: [{ name: 'o', description: null, required: [], properties: {} }],
            tags: ['t'],
          },
        ),
      )
      made.push({ name, types: [...types, 'Always'], ...fields })
    }
    return made
  }

  /** What the API itself answers to everybody, by these rules. */
  async function answersBy(
    rules: Rules,
    personas: readonly Persona[],
    made: readonly Made[],
    isSpecial: (ownerId: string) => boolean,
  ) {
    setActiveRules(rules)
    const answers = new Map<string, Granted>()
    const types = new Set<string>()
    const real = db()
    try {
      for (const persona of personas) {
        for (const { name, ownerId, isProtected, types: named } of made) {
          const ctx = contextOf(persona.principalFor(ownerId) as Partial<Principal>)
          const answer = async (call: string, ask: () => Promise<unknown>) =>
            answers.set(`${persona.name} | ${name} | ${call}`, await outcome(ask))
          setProcessSingleton('db', real)
          const listed = await orNothing(async () => (await listNamespaces(ctx, everyNamespace)).rows)
          const isListed = listed.some(({ namespace }) => namespace.name === name)
          answers.set(`${persona.name} | ${name} | listNamespaces`, isListed ? 'granted' : 'hidden')
          for (const [call, ask] of Object.entries(reads)) await answer(call, () => ask(ctx, name))
          const who = persona.isOwner && isSpecial(ownerId) ? nameOfOwner(persona, ownerId) : persona.name
          const seen = (await orNothing(() => listResourceTypes(ctx))).map((type) => type.name)
          const ofOwner = seen.filter((type) => !persona.isOwner || named.includes(type))
          for (const type of ofOwner) types.add(`${who} | ${type}`)
          setProcessSingleton('db', withoutWriting(real, isProtected))
          for (const [call, ask] of Object.entries(writes)) await answer(call, () => ask(ctx, name))
        }
      }
    } finally {
      setProcessSingleton('db', real)
    }
    return { answers, types }
  }

  function toldBy(findings: readonly Finding[]) {
    const lines = { opens: new Set<string>(), closes: new Set<string>(), today: new Set<string>() }
    const types = { opens: new Set<string>(), closes: new Set<string>() }
    for (const finding of findings) {
      if (finding.kind === 'resource type') {
        for (const persona of finding.becomesReadable) types.opens.add(`${persona} | ${finding.name}`)
        for (const persona of finding.closes) types.closes.add(`${persona} | ${finding.name}`)
        continue
      }
      const add = (set: Set<string>, list: ListName) => {
        for (const { call, personas } of finding[list]) {
          for (const persona of personas) set.add(`${persona} | ${finding.name} | ${call}`)
        }
      }
      for (const list of ['becomesReadable', 'becomesWritable'] as const) add(lines.opens, list)
      add(lines.closes, 'closes')
      for (const list of ['readableToday', 'writableToday'] as const) add(lines.today, list)
    }
    return { lines, types }
  }

  it('lists exactly what the API answers otherwise, for every persona, call and namespace', {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(namespaces, overrides, overrides, async (plans, former, next) => {
        const made = await make(plans)
        const ruleSet = (set: Readonly<Record<string, string>>) =>
          buildRuleSet(glanceRules, new Map(Object.entries(set)), { enforceNewDefaults: true })
        const [before, after] = [ruleSet(former), ruleSet(next)]
        const findings: Finding[] = []
        await auditExposure({ before, after }, (finding) => void findings.push(finding))
        const told = toldBy(findings)
        const personas = personasOf([mentionsOf(before, asked), mentionsOf(after, asked)])
        const isSpecial = ownerTeller(personas, [mentionsOf(before, asked), mentionsOf(after, asked)])
        const was = await answersBy(before, personas, made, isSpecial)
        const is = await answersBy(after, personas, made, isSpecial)
        const { opens, closes } = differences(was.answers, is.answers)
        const outsiders = new Set(
          made.flatMap(({ name, ownerId }) =>
            personas
              .filter((each) => each.isOutsider && each.principalFor(ownerId).projectId !== ownerId)
              .map((each) => `${each.name} | ${name}`),
          ),
        )
        const today = [...was.answers]
          .filter(([key, answer]) => answer === 'granted' && outsiders.has(key.replace(/ \| \w+$/, '')))
          .map(([key]) => key)
        expect([...told.lines.opens].sort()).toEqual([...opens].sort())
        expect([...told.lines.closes].sort()).toEqual([...closes].sort())
        expect([...told.lines.today].sort()).toEqual(today.sort())
        expect([...told.types.opens].sort()).toEqual([...is.types].filter((key) => !was.types.has(key)).sort())
        expect([...told.types.closes].sort()).toEqual([...was.types].filter((key) => !is.types.has(key)).sort())
      }),
      { numRuns: runsOn(flavour) },
    )
  })

  it('knows who may create', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(overrides, async (set) => {
        const rules = buildRuleSet(glanceRules, new Map(Object.entries(set)), { enforceNewDefaults: true })
        const { calls } = await auditExposure({ before: rules, after: rules }, () => {})
        const personas = personasOf([mentionsOf(rules, asked)])
        setActiveRules(rules)
        const real = db()
        setProcessSingleton('db', withoutWriting(real, false))
        try {
          for (const [call, more] of Object.entries(nested)) {
            const may: string[] = []
            for (const { name, principalFor } of personas) {
              const ctx = contextOf(principalFor('owner'))
              const answer = await outcome(() => createNamespace(ctx, { namespace: 'new', ...more }))
              if (answer === 'granted') may.push(name)
            }
            expect(calls.find((each) => each.call === call)?.after).toEqual(may)
          }
        } finally {
          setProcessSingleton('db', real)
        }
      }),
      { numRuns: runsOn(flavour) },
    )
  })
})
