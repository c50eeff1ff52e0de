import { inject, test } from 'vitest'

/** Where the original service answers otherwise than the contract, and why that is no fault of ours. */
export interface Difference {
  readonly reference: 'differs'
  /** release: the package is older than the target. defect: the original is wrong. setting: it is set up otherwise. */
  readonly because: 'release' | 'defect' | 'setting'
  /** What the original answers. */
  readonly text: string
  /** It depends on what that process did before, so the row may also pass there. */
  readonly sometimes?: true
}

declare module 'vitest' {
  export interface TaskMeta {
    difference?: Difference
  }
}

const { reference, front } = inject('world')

/**
 * One row of the wire contract. Against the original service a row with a difference must fail its assertions, so the
 * list of differences cannot outlive its reasons; a row without one must pass there too.
 */
export function row(title: string, check: () => Promise<void>): void
export function row(title: string, difference: Difference | undefined, check: () => Promise<void>): void
export function row(
  title: string,
  second: Difference | undefined | (() => Promise<void>),
  third?: () => Promise<void>,
): void {
  if (typeof second === 'function') {
    test(title, second)
    return
  }
  if (third === undefined) throw new Error(`row "${title}" has no check`)
  if (second === undefined) {
    test(title, third)
    return
  }
  test(title, async ({ task }) => {
    if (!reference) return third()
    task.meta.difference = second
    const failure = await failureOf(third)
    if (failure === undefined && second.sometimes) return
    if (failure === undefined) throw new Error('The original service no longer differs here: drop the difference.')
    if (!isAssertion(failure)) throw failure
  })
}

/** A row that plain `next start` cannot keep, since Next answers such requests, or repairs them, before any route. */
export const listenerRow: typeof row = front === 'listener' ? row : () => {}

export const release = (text: string): Difference => ({ reference: 'differs', because: 'release', text })
export const defect = (text: string): Difference => ({ reference: 'differs', because: 'defect', text })
export const setting = (text: string): Difference => ({ reference: 'differs', because: 'setting', text })

/** It depends on what the original did before, or on which of two is faster. */
export const sometimes = (difference: Difference): Difference => ({ ...difference, sometimes: true })

async function failureOf(check: () => Promise<void>): Promise<unknown> {
  try {
    await check()
    return undefined
  } catch (error) {
    return error ?? new Error('thrown without a reason')
  }
}

function isAssertion(failure: unknown): boolean {
  return failure instanceof Error && failure.name === 'AssertionError'
}
