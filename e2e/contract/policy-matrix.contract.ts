import { beforeAll, describe, expect } from 'vitest'
import type { RuleName } from '@/lib/policy/defaults'
import { defaultRuleSet } from '@/lib/policy/rule-set'
import { callerOf, type SimulatedTarget, simulate } from '@/lib/policy/simulate'
import type { WireResponse } from '../support/http-client'
import { admin, type Caller, member, other, reader, roleless, service, settings } from './support/api'
import { activeImage, patchImage } from './support/images'
import { release, row, sometimes } from './support/row'

// What each caller is answered over HTTP must be what the evaluator says of it: rules, places and statuses at once.

const callers = { roleless, reader, member, other, service, admin } as const
type Name = keyof typeof callers
const roles: Readonly<Record<Name, readonly string[]>> = {
  roleless: ['a-role-that-no-rule-names'],
  reader: ['reader'],
  member: ['member', 'reader'],
  other: ['member', 'reader'],
  service: ['service'],
  admin: ['admin', 'member', 'reader'],
}

const targets = {
  own: { owner: member, fields: { visibility: 'private' } },
  public: { owner: admin, fields: { visibility: 'public' } },
  other: { owner: admin, fields: { visibility: 'private' } },
} as const
type TargetName = keyof typeof targets

interface Ask {
  readonly rule: RuleName
  readonly title: string
  /** null asks about no image */
  readonly targets: readonly TargetName[] | null
  /** whether the image is another one afterwards, so that each caller needs its own */
  readonly changes?: boolean
  readonly run: (caller: Caller, id: string) => Promise<WireResponse>
}

const all = ['own', 'public', 'other'] as const
const asks: readonly Ask[] = [
  { rule: 'get_image', title: 'GET', targets: all, run: (caller, id) => caller.get(`/v2/images/${id}`) },
  { rule: 'download_image', title: 'GET file', targets: all, run: (caller, id) => caller.get(`/v2/images/${id}/file`) },
  {
    ...{ rule: 'modify_image', title: 'PATCH name', targets: all },
    run: (caller, id) => patchImage(id, [{ op: 'replace', path: '/name', value: 'n' }], caller),
  },
  { rule: 'modify_image', title: 'PUT tag', targets: all, run: (caller, id) => caller.put(`/v2/images/${id}/tags/t`) },
  {
    ...{ rule: 'upload_image', title: 'PUT file', targets: all },
    run: (caller, id) =>
      caller.put(`/v2/images/${id}/file`, { body: 'x', headers: { 'Content-Type': 'application/octet-stream' } }),
  },
  {
    ...{ rule: 'deactivate', title: 'POST deactivate', targets: all, changes: true },
    run: (caller, id) => caller.post(`/v2/images/${id}/actions/deactivate`),
  },
  {
    ...{ rule: 'reactivate', title: 'POST reactivate', targets: all },
    run: (caller, id) => caller.post(`/v2/images/${id}/actions/reactivate`),
  },
  {
    ...{ rule: 'publicize_image', title: 'PATCH visibility public', targets: ['own'], changes: true },
    run: (caller, id) => patchImage(id, [{ op: 'replace', path: '/visibility', value: 'public' }], caller),
  },
  {
    ...{ rule: 'delete_image', title: 'DELETE', targets: all, changes: true },
    run: (caller, id) => caller.delete(`/v2/images/${id}`),
  },
  { rule: 'get_images', title: 'GET the list', targets: null, run: (caller) => caller.get('/v2/images?limit=1') },
  { rule: 'add_image', title: 'POST', targets: null, run: (caller) => caller.post('/v2/images', { json: {} }) },
  { rule: 'tasks_api_access', title: 'GET tasks', targets: null, run: (caller) => caller.get('/v2/tasks') },
  ...(settings.multiStore
    ? [
        {
          ...{ rule: 'stores_info_detail' as const, title: 'GET store details', targets: null },
          run: (caller: Caller) => caller.get('/v2/info/stores/detail'),
        },
      ]
    : []),
]

const oldDefaults = sometimes(
  release('its former defaults still count beside the new ones, and some rules were others'),
)

function expected({ rule }: Ask, name: Name, target: SimulatedTarget): 200 | 403 | 404 | 500 {
  // This rule is asked as for a new image; the catalog hides the one that exists from other projects before.
  const isStranger = name !== 'admin' && callers[name].projectId !== target.ownerId
  if (rule === 'publicize_image' && isStranger) return 404
  const principal = callerOf({ roles: roles[name], projectId: callers[name].projectId })
  return simulate(defaultRuleSet(), { rule, principal, target }).status
}

/** Every answer but a refusal by policy is one that policy let through. */
function seen({ status }: WireResponse): number {
  return status === 403 || status === 404 ? status : 200
}

describe('the policy matrix', () => {
  const shared: Partial<Record<TargetName, string>> = {}
  const imageOf = async (target: TargetName) => {
    const { owner, fields } = targets[target]
    return (await activeImage('policy', fields, owner)).id
  }
  beforeAll(async () => {
    for (const target of all) shared[target] = await imageOf(target)
  })

  for (const ask of asks)
    for (const target of ask.targets ?? [null])
      row(`${ask.rule}: ${ask.title}${target === null ? '' : `, ${target}`}`, oldDefaults, async () => {
        for (const name of Object.keys(callers) as Name[]) {
          const image = target === null ? null : ask.changes ? await imageOf(target) : (shared[target] ?? '')
          const ownerId = target === null ? callers[name].projectId : targets[target].owner.projectId
          const visibility = target === null ? 'shared' : targets[target].fields.visibility
          const status = seen(await ask.run(callers[name], image ?? ''))
          expect({ name, status }).toEqual({ name, status: expected(ask, name, { ownerId, visibility }) })
        }
      })
})
