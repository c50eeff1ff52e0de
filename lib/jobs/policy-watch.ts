import { refreshPolicy } from '@/lib/policy/policy-source'
import { type Repetition, repeat } from './repeat'

const PAUSE_MS = 1_000

/**
 * Looks at policy files and revisions on a node that nobody asks anything, too, so that its log and metrics tell of a
 * refused file and its background work goes by the rules in force. Requests see to that by themselves.
 */
export function startPolicyWatch(): Repetition {
  return repeat({ pauseMs: PAUSE_MS, firstMs: PAUSE_MS, text: 'policy cannot be looked at' }, async () => {
    await refreshPolicy()
  })
}
