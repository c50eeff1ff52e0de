import { afterAll, beforeAll, describe, expect, inject } from 'vitest'
import { type RuleName, ruleNames } from '@/lib/policy/defaults'
import type { Rules } from '@/lib/policy/evaluate'
import { presetNames, presetRules } from '@/lib/policy/presets'
import { buildRuleSet, glanceRules } from '@/lib/policy/rule-set'
import { callerOf, type PersonaName, personaNames, personaOf, simulate } from '@/lib/policy/simulate'
import { dashboardCookies } from '../support/dashboard-client.mjs'
import { send, type WireResponse } from '../support/http-client'
import { admin, baseUrl, type Caller, limited, member, other, reader, roleless, service, settings } from './support/api'
import { createImage, putFile, rawBare } from './support/images'
import { addMember } from './support/members'
import { content, createNamespace } from './support/metadefs'
import { type Ask, absentRoutes, asks, type Thing, unasked } from './support/policy-asks'
import { row } from './support/row'

// What each caller is answered over HTTP must be what the evaluator says of it, by the rules of each preset: rules,
// places and statuses at once. Presets count for everybody, so these rows have a server of their own.

const { reference } = inject('world')

const callers: Readonly<Record<PersonaName, Caller>> = {
  'no role': roleless,
  reader,
  member,
  'other project': other,
  service,
  admin,
}

const targetsOf = {
  'active image': ['own', 'public', 'other'],
  'queued image': ['own', 'public', 'other'],
  'new image': ['own', 'public', 'other'],
  // What is public has no members, and says so before any rule is asked.
  'shared image': ['own', 'invited', 'other'],
  namespace: ['own', 'public', 'other'],
  nothing: ['nothing'],
} as const
type Target = (typeof targetsOf)[Ask['thing']][number]

/** Whose the target is; what is another's is nobody's of the personas, but the administrator's has an owner too. */
function ownerOf(persona: PersonaName, target: Target): string {
  if (target === 'own') return persona === 'other project' ? member.projectId : callers[persona].projectId
  return persona === 'admin' ? member.projectId : admin.projectId
}

function thingOf(persona: PersonaName, { thing }: Ask, target: Target): Thing {
  const visibility = target === 'public' ? 'public' : thing === 'shared image' ? 'shared' : 'private'
  const memberId = target === 'invited' ? callers[persona].projectId : limited.projectId
  return { id: '', ownerId: ownerOf(persona, target), visibility, memberId }
}

const madeImages: string[] = []

async function make({ thing }: Ask, planned: Thing): Promise<Thing> {
  const { ownerId, visibility, memberId } = planned
  if (thing === 'nothing' || thing === 'new image') return planned
  if (thing === 'namespace') {
    return { ...planned, id: await createNamespace({ owner: ownerId, visibility, ...content }) }
  }
  const { id } = await createImage({ ...rawBare, owner: ownerId, visibility }, admin)
  madeImages.push(id)
  if (thing === 'active image') expect((await putFile(id, 'policy', {}, admin)).status).toBe(204)
  if (thing === 'shared image') expect((await addMember(id, memberId, admin)).status).toBe(200)
  return { ...planned, id }
}

const shared = new Map<string, Promise<Thing>>()

/** One thing for all that leave it as it is. */
function sharedThing(ask: Ask, planned: Thing): Promise<Thing> {
  const { ownerId, visibility, memberId } = planned
  const key = [ask.thing, ownerId, visibility, ask.thing === 'shared image' ? memberId : ''].join(' ')
  const known = shared.get(key) ?? make(ask, planned)
  shared.set(key, known)
  return known
}

function expected(rules: Rules, persona: PersonaName, ask: Ask, target: Target): number {
  const { projectId } = callers[persona]
  const principal = callerOf({ roles: personaOf(persona).roles, projectId })
  const { ownerId, visibility } = thingOf(persona, ask, target)
  const about = { ownerId, visibility, memberId: target === 'invited' ? projectId : null }
  // Whatever rules say, only administrators make images for others.
  if (ask.thing === 'new image' && ownerId !== projectId && persona !== 'admin') return 403
  for (const [index, asked] of ask.rules.entries()) {
    const question = typeof asked === 'string' ? { rule: asked } : asked
    // A private image is nobody asked about who may make it public.
    if (question.rule === 'publicize_image' && ask.thing === 'new image' && visibility !== 'public') continue
    const { status } = simulate(rules, { ...question, principal, target: about })
    const refusal = index === ask.rules.length - 1 ? ask.refusal : undefined
    if (status !== 200) return refusal ?? status
  }
  return 200
}

/** A list that leaves the thing out hides it as 404 does. */
function seen({ isAdmitted }: Ask, response: WireResponse, thing: Thing): number {
  const { status } = response
  if (isAdmitted?.(response, thing) ?? (status >= 200 && status < 300)) return 200
  return status >= 200 && status < 300 ? 404 : status
}

async function answer(persona: PersonaName, ask: Ask, target: Target, willChange: boolean): Promise<number> {
  const planned = thingOf(persona, ask, target)
  const thing = await (willChange ? make(ask, planned) : sharedThing(ask, planned))
  const response = await ask.run(callers[persona], thing)
  // Against what was expected; the next ones shall not suffer from it.
  if (!willChange && ask.changes === true && response.status < 300) shared.clear()
  if (ask.thing === 'new image' && response.status === 201) madeImages.push(JSON.parse(response.text).id)
  return seen(ask, response, thing)
}

let cookie = ''
beforeAll(async () => {
  if (reference) return
  const password = process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? ''
  cookie = await dashboardCookies(baseUrl, process.env.GLIMPSE_TEST_ADMIN_USER ?? 'admin', password)
})

async function changePolicy(method: 'POST' | 'PUT', path: string, change: object): Promise<void> {
  const { status, text } = await send(baseUrl, {
    method,
    path: `/api/ui/policy${path}`,
    headers: { cookie, Origin: baseUrl.origin, 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...change, reason: 'the matrix' }),
  })
  expect({ status, text }).toMatchObject({ status: 200 })
}

/** Asks for each of these personas, and expects what the evaluator says. */
async function compare(rules: Rules, personas: readonly PersonaName[], ask: Ask, target: Target): Promise<void> {
  const answers: Record<string, number> = {}
  const wanted: Record<string, number> = {}
  for (const persona of personas) {
    const status = expected(rules, persona, ask, target)
    wanted[persona] = status
    answers[persona] = await answer(persona, ask, target, ask.changes === true && status === 200)
  }
  expect({ title: ask.title, target, answers }).toEqual({ title: ask.title, target, answers: wanted })
}

describe.each(reference ? (['upstream'] as const) : presetNames)('the policy matrix, %s', (preset) => {
  const rules = buildRuleSet(glanceRules, presetRules(preset), { enforceNewDefaults: true })
  beforeAll(async () => {
    if (!reference) await changePolicy('POST', '/preset', { preset })
  })
  afterAll(async () => {
    if (!reference) await changePolicy('POST', '/rollback', { number: 0 })
  })

  for (const ask of asks)
    for (const target of targetsOf[ask.thing])
      row(`${ask.title}, ${target}`, ask.difference, () => compare(rules, personaNames, ask, target))
})

const rulesOf = ({ rules }: Ask) => rules.map((each) => (typeof each === 'string' ? each : each.rule))
const asked = new Set(asks.flatMap(rulesOf))

// Whoever is refused by other rules too, or passes those, would not show that this one is asked.
const alone = [
  { what: 'closed', check: '!', persona: 'admin' },
  { what: 'opened', check: '@', persona: 'reader' },
] as const
if (!reference)
  describe.each(alone)('each rule alone $what decides where it is asked', ({ check, persona }) => {
    afterAll(() => changePolicy('POST', '/rollback', { number: 0 }))

    for (const rule of asked)
      row(rule, async () => {
        await changePolicy('PUT', '', { rules: { [rule]: check } })
        const rules = buildRuleSet(glanceRules, new Map([[rule, check]]), { enforceNewDefaults: true })
        for (const ask of asks.filter((each) => rulesOf(each).includes(rule)))
          for (const target of targetsOf[ask.thing]) await compare(rules, [persona], ask, target)
      })
  })

describe('the rules that the matrix asks', () => {
  if (settings.locationsVisible && settings.webFileUrl !== null && settings.multiStore)
    row('are all 67 but those named, each with its reason', async () => {
      const without = ruleNames.filter((name) => !asked.has(name))
      expect(without.sort()).toEqual((Object.keys(unasked) as RuleName[]).sort())
      expect(asked.size + without.length).toBe(67)
    })

  if (!reference)
    for (const [method, path] of absentRoutes)
      row(`leave out ${method} ${path}, which is no route yet: 404`, async () => {
        expect((await admin.request(method, path)).status).toBe(404)
      })
})

afterAll(async () => {
  while (madeImages.length > 0) await Promise.all(madeImages.splice(-8).map((id) => admin.delete(`/v2/images/${id}`)))
}, 120_000)
