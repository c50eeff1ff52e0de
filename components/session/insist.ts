import type { Result } from '@/components/ui/result'

/** Resolves when the session is back, to false when the reader does not want to sign in now. */
type Gate = () => Promise<boolean>

let gate: Gate | undefined

/** Who asks the reader to sign in again; returns how to stop. */
export function setSessionGate(asking: Gate): () => void {
  gate = asking
  return () => {
    if (gate === asking) gate = undefined
  }
}

/**
 * Asks something of the server; where the session is over, once more after the reader has signed in again. The server
 * did nothing the first time, so that nothing is done twice and nothing that was typed is lost.
 */
export async function insist<T>(act: () => Promise<Result<T>>): Promise<Result<T>> {
  for (;;) {
    const result = await act()
    if (result.ok || result.code !== 'session_over' || gate === undefined || !(await gate())) return result
  }
}
