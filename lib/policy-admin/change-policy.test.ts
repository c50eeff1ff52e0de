import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { outcomeOf } from '@/lib/errors/test-outcome'
import { findAuditRows } from '@/lib/events/event-repo'
import { activeRules } from '@/lib/policy/active-rules'
import { allowed } from '@/lib/policy/enforce'
import { forgetPolicy, loadPolicy, policyState, refreshPolicy } from '@/lib/policy/policy-source'
import { presetState } from '@/lib/policy/presets'
import { findRevisions } from '@/lib/policy/revision-repo'
import { newImageTarget } from '@/lib/policy/targets'
import { importRules, replaceRules, rollBack, switchPreset } from './change-policy'

const admin = contextOf({ userId: 'boss', userName: 'Boss', roles: ['admin', 'member', 'reader'] })
const roleless = contextOf({})
const publicNamespace = newImageTarget({ ownerId: 'theirs', visibility: 'public' })
const note = { reason: 'because' }
const mayTag = () => allowed(roleless, 'add_metadef_tag', publicNamespace)

describe.each(testFlavours())('changes of policy on %s', (flavour) => {
  let world: TestDatabase

  beforeEach(async () => {
    world = await openTestDatabase(flavour)
    await loadPolicy()
  })

  afterEach(async () => {
    forgetPolicy()
    await world.close()
  })

  it('switch all rules of metadata definitions together, and back', async () => {
    expect([mayTag(), presetState(policyState().stored).name]).toEqual([false, 'upstream'])
    await switchPreset(admin, 'opened', note)
    expect([mayTag(), presetState(policyState().stored).name]).toEqual([true, 'opened'])
    await switchPreset(admin, 'rhosp', note)
    expect(mayTag()).toBe(false)
    expect(allowed(roleless, 'get_metadef_namespace', publicNamespace)).toBe(true)
    await rollBack(admin, 0, note)
    expect(allowed(roleless, 'get_metadef_namespace', publicNamespace)).toBe(false)
    const history = await findRevisions(world.db, { limit: 10 })
    expect(
      history.map(({ number, action, detail, reason, userName }) => [number, action, detail, reason, userName]),
    ).toEqual([
      [3, 'rollback', '0', 'because', 'Boss'],
      [2, 'preset', 'rhosp', 'because', 'Boss'],
      [1, 'preset', 'opened', 'because', 'Boss'],
    ])
  })

  it('keep other rules that are set, and go back to any revision', async () => {
    await replaceRules(
      admin,
      new Map([
        ['publicize_image', 'role:member'],
        ['add_metadef_tag', 'role:x'],
      ]),
      note,
    )
    expect(presetState(policyState().stored).name).toBe('mixed')
    await switchPreset(admin, 'opened', note)
    expect(policyState().stored.get('publicize_image')).toBe('role:member')
    await rollBack(admin, 1, note)
    expect(Object.fromEntries(policyState().stored)).toEqual({
      publicize_image: 'role:member',
      add_metadef_tag: 'role:x',
    })
  })

  it('are told in the audit with what was before', async () => {
    await replaceRules(admin, new Map([['publicize_image', 'role:member']]), note)
    const { rows } = await findAuditRows({ limit: 10 })
    expect(rows).toMatchObject([
      {
        type: 'policy.update',
        userId: 'boss',
        before: { revision: 0, rules: { publicize_image: null } },
        payload: { revision: 1, action: 'edit', reason: 'because', rules: { publicize_image: 'role:member' } },
      },
    ])
  })

  it('take over policy files and the map of RHOSP, in place of what is set or beside it', async () => {
    await importRules(admin, { text: 'publicize_image: [["role:member"]]', mode: 'add' }, note)
    const map = "GlanceApiPolicies: { a: { key: 'copy_image', value: 'role:member' } }"
    await importRules(admin, { text: map, mode: 'add' }, note)
    expect([...policyState().stored.keys()].sort()).toEqual(['copy_image', 'publicize_image'])
    await importRules(admin, { text: map, mode: 'replace' }, note)
    expect([...policyState().stored.keys()]).toEqual(['copy_image'])
  })

  it.each([
    ['no reason', { copy_image: '@' }, '  ', '400 A change of policy needs a reason.'],
    ['a rule that nobody defines', { copy_image: 'rule:typo' }, 'r', '400 copy_image refers to typo'],
    ['null', { copy_image: null }, 'r', '400 copy_image has the value null'],
    ['a string that cannot be parsed', { copy_image: 'role:a or' }, 'r', '400 copy_image "role:a or" cannot be parsed'],
    ['a circle', { copy_image: 'rule:copy_image' }, 'r', '400 copy_image refers to itself'],
    [
      'an administrator shut out',
      { context_is_admin: 'role:root' },
      'r',
      '400 context_is_admin would no longer admit you',
    ],
    ['everybody shut out', { context_is_admin: '!' }, 'r', '400 context_is_admin would no longer admit you'],
  ])('refuse %s and leave everything as it was', async (_, rules, reason, text) => {
    const before = activeRules()
    expect(await outcomeOf(replaceRules(admin, new Map(Object.entries(rules)), { reason }))).toContain(text)
    expect(activeRules()).toBe(before)
    expect(await findRevisions(world.db, { limit: 10 })).toEqual([])
    expect((await findAuditRows({ limit: 10 })).rows).toEqual([])
  })

  it('are for administrators alone', async () => {
    const member = contextOf({ roles: ['member', 'reader'] })
    const refusal = '403 Only administrators may see and change who may do what.'
    expect(await outcomeOf(switchPreset(member, 'opened', note))).toBe(refusal)
    expect(await outcomeOf(rollBack(member, 0, note))).toBe(refusal)
    expect(await outcomeOf(importRules(member, { text: 'not: [yaml', mode: 'add' }, note))).toBe(refusal)
  })

  it('upon a state that is no longer there are a conflict', async () => {
    await switchPreset(admin, 'opened', { ...note, after: 0 })
    expect(await outcomeOf(switchPreset(admin, 'rhosp', { ...note, after: 0 }))).toContain('409 Somebody else')
    expect(await outcomeOf(rollBack(admin, 7, note))).toBe('404 There is no policy revision 7.')
  })

  it('made at the same time are each whole, in one order', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        outcomeOf(switchPreset(admin, index % 2 === 0 ? 'opened' : 'rhosp', note)),
      ),
    )
    const done = outcomes.filter((outcome) => outcome === 'done').length
    expect(outcomes.every((outcome) => outcome === 'done' || outcome.startsWith('409'))).toBe(true)
    const history = await findRevisions(world.db, { limit: 10 })
    expect(history.map(({ number }) => number)).toEqual(Array.from({ length: done }, (_, index) => done - index))
    for (const { rules, detail } of history) expect(presetState(rules).name).toBe(detail)
  })

  it('made elsewhere are in force within a second', async () => {
    await switchPreset(admin, 'opened', note)
    // As another node would: by the database alone.
    forgetPolicy()
    await loadPolicy()
    await world.db.policyRevision.create({
      data: { number: 2, action: 'rollback', detail: '0', rules: {}, reason: 'r', createdAt: new Date() },
    })
    const start = performance.now()
    while (mayTag() && performance.now() - start < 2_000) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      await refreshPolicy()
    }
    expect(mayTag()).toBe(false)
    expect(performance.now() - start).toBeLessThan(1_000)
  })
})
