import { processSingleton } from '@/lib/runtime/process-singleton'
import type { Rules } from './evaluate'
import { defaultRuleSet } from './rule-set'

interface Holder {
  rules: Rules | undefined
}

// One object for all module graphs, looked up once: a decision must not cost more than its checks.
const holder = processSingleton<Holder>('policy-rules', () => ({ rules: undefined }))

/** The rules that decide from now on. */
export function activeRules(): Rules {
  holder.rules ??= defaultRuleSet()
  return holder.rules
}

/** Puts other rules in force; undefined is Glance's defaults. */
export function setActiveRules(rules: Rules | undefined): void {
  holder.rules = rules
}
