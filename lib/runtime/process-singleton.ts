/**
 * Returns the one instance of a process-wide object, making it on first use.
 * Next compiles instrumentation, route handlers and pages into separate module graphs, so a module-level variable
 * exists once per graph; `globalThis` is the only place that all of them share.
 */
export function processSingleton<T>(name: string, make: () => T): T {
  const key = Symbol.for(`glimpse.${name}`)
  const registry = globalThis as unknown as Record<symbol, T | undefined>
  const existing = registry[key]
  if (existing !== undefined) return existing
  const made = make()
  registry[key] = made
  return made
}

/** Replaces a process-wide object; for start-up and tests. Passing `undefined` forgets it. */
export function setProcessSingleton<T>(name: string, value: T | undefined): void {
  const registry = globalThis as unknown as Record<symbol, T | undefined>
  registry[Symbol.for(`glimpse.${name}`)] = value
}
