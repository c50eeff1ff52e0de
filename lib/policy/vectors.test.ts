import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { isApiError } from '@/lib/errors/api-error'
import { type Credentials, decide, type PolicyTarget, type PolicyValue } from './evaluate'
import { buildRuleSet, type RegisteredRule } from './rule-set'

type Values = Readonly<Record<string, PolicyValue>>

/** One question and what oslo.policy 4.0.0 said; `allowedNewest` is what 6.0.0 says where that differs. */
interface Vector {
  readonly id: string
  readonly category: string
  readonly rules: Readonly<Record<string, unknown>>
  readonly rule: string
  readonly creds: Values
  readonly target: Values
  readonly allowed: boolean | 'error'
  readonly allowedNewest?: boolean | 'error'
  readonly registered?: readonly {
    readonly name: string
    readonly check: string
    readonly scopeTypes: readonly string[] | null
    readonly deprecated: { readonly name: string; readonly check: string } | null
  }[]
  readonly enforceNewDefaults?: boolean
}

const file = fileURLToPath(new URL('policy-vectors.jsonl', import.meta.url))
const vectors: Vector[] = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

function valuesOf(values: Values): Credentials & PolicyTarget {
  return { get: (key) => (Object.hasOwn(values, key) ? values[key] : undefined), entries: () => values }
}

function scopeOf(creds: Values): string {
  if (creds.system_scope || creds.system) return 'system'
  return creds.domain_id !== undefined && creds.domain_id !== null ? 'domain' : 'project'
}

function answer({ rules, rule, creds, target, registered = [], enforceNewDefaults = true }: Vector): boolean | 'error' {
  try {
    const known = registered.map(
      ({ name, check, deprecated }): RegisteredRule => ({ name, check, ...(deprecated && { former: deprecated }) }),
    )
    const scopes = registered.find(({ name }) => name === rule)?.scopeTypes
    if (scopes && !scopes.includes(scopeOf(creds))) return false
    const set = buildRuleSet(known, new Map(Object.entries(rules)), { enforceNewDefaults })
    // oslo.policy copies the one key to the other before it asks.
    const who = creds.system_scope ? { ...creds, system: creds.system_scope } : creds
    return decide(set, rule, valuesOf(who), valuesOf(target))
  } catch (error) {
    if (isApiError(error)) return 'error'
    throw error
  }
}

describe('cases that oslo.policy decided', () => {
  it('are all there', () => expect(vectors.length).toBe(1219))

  it.each([...new Set(vectors.map(({ category }) => category))])('%s', (category) => {
    const wrong = vectors
      .filter((vector) => vector.category === category)
      .map((vector) => ({ id: vector.id, expected: vector.allowedNewest ?? vector.allowed, got: answer(vector) }))
      .filter(({ expected, got }) => expected !== got)
    expect(wrong).toEqual([])
  })
})
