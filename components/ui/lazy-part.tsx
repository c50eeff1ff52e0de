'use client'

import { type ComponentType, useEffect, useRef, useState } from 'react'

type Load = () => Promise<unknown>

const waiting = new Set<Load>()
let isUsed = false

/**
 * A part of a page that nobody sees at first. Its scripts come when somebody presses a key or comes near a button, so
 * that they are there when they are wanted, and still there when the server is not. One with `isOpen` is not made before
 * that is true. Not by React's `lazy`: it shows nothing for a moment even when all is there, and then up to 300 ms.
 */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let Loaded: ComponentType<Props> | undefined
  const bring = async () => {
    Loaded ??= await load()
  }
  whenUsed(bring)
  // biome-ignore lint/correctness/noComponentHookFactories: made once, beside the imports of a module
  return function LazyPart(props: Props) {
    const [end, setEnd] = useState<{ readonly error?: unknown }>()
    const isWanted = useEver(!('isOpen' in props) || props.isOpen === true)
    // As it is now: it may have come by the time the effect runs, and nobody would show it.
    const isMissing = isWanted && Loaded === undefined
    useEffect(() => {
      if (!isMissing) return
      bring().then(
        () => setEnd({}),
        (error: unknown) => setEnd({ error }),
      )
    }, [isMissing])
    if (end?.error !== undefined) throw end.error
    return isWanted && Loaded !== undefined ? <Loaded {...props} /> : null
  }
}

/** Whether something is so or was once: what was open stays, so that it can be seen to go. */
export function useEver(isSo: boolean): boolean {
  const ever = useRef(false)
  ever.current ||= isSo
  return ever.current
}

/** Loads something once the page is used, before it is asked for. */
export function whenUsed(load: Load): void {
  if (typeof document === 'undefined') return
  if (isUsed) loadWhenIdle(load)
  else waiting.add(load)
}

function loadWhenIdle(load: Load): void {
  // Whoever shows the part tries again, and has a place to say that it failed.
  const attempt = () => void load().catch(() => {})
  if ('requestIdleCallback' in window) requestIdleCallback(attempt, { timeout: 200 })
  else setTimeout(attempt)
}

function onUse({ type, target }: Event): void {
  if (type === 'pointerover' && !(target instanceof Element && target.closest('button'))) return
  isUsed = true
  for (const one of uses) document.removeEventListener(one, onUse, true)
  for (const load of waiting) loadWhenIdle(load)
  waiting.clear()
}

const uses = ['pointerover', 'pointerdown', 'keydown'] as const
if (typeof document !== 'undefined') for (const one of uses) document.addEventListener(one, onUse, true)
