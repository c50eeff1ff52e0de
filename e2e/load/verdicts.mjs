// What a run is held to: each bench states its findings here, and the run ends with one table of them.
import { table } from './measure.mjs'

const verdicts = []

/** A finding that must be at least (or, with `atMost`, at most) the given bound. */
export function verdict(what, found, { atLeast, atMost }) {
  const isMet = atLeast === undefined ? found <= atMost : found >= atLeast
  const bound = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`
  verdicts.push([what, bound, found, isMet ? 'met' : 'MISSED'])
}

export function reportVerdicts() {
  if (verdicts.length > 0) console.log(table('Targets', ['target', 'bound', 'found', ''], verdicts))
}
