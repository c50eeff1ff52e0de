import { Worker } from 'node:worker_threads'
import type { Credentials, RemoteCheck } from './evaluate'
import { PolicyRaise, type PolicyTarget } from './template'

export type RemoteContentType = 'application/x-www-form-urlencoded' | 'application/json'

export interface RemoteOptions {
  /** `host` or `host:port` that may be asked */
  readonly hosts: readonly string[]
  readonly timeoutMs: number
  /** a form has three fields with JSON in them, JSON is one document */
  readonly contentType: RemoteContentType
}

/** After a service did not answer it is not asked for so long: each question holds the whole process up. */
const PAUSE_MS = 5_000

/** The host of a remote check as it is compared with those that may be asked; undefined when the URL names none. */
export function hostOfCheck(url: string): string | undefined {
  try {
    return new URL(url).host.toLowerCase()
  } catch {
    return undefined
  }
}

/**
 * Asks a service by POST; allowed is what it answers with exactly `True`, in quotes or not. The process waits: rules are
 * decided in one go, and remote checks are for few rules and a near service. Throws {@link PolicyRaise} when there is
 * no answer in time, and without asking for a few seconds after that. Source: policy.md 4.5.
 */
export function remoteChecker({ hosts, timeoutMs, contentType }: RemoteOptions): RemoteCheck {
  const allowedHosts = new Set(hosts.map((host) => host.toLowerCase()))
  const pausedUntil = new Map<string, number>()
  const cell = new Int32Array(new SharedArrayBuffer(8))
  let worker: Worker | undefined
  const ask = (url: string, body: string): number => {
    worker ??= startWorker(cell, timeoutMs, () => {
      worker = undefined
    })
    const question = (Atomics.load(cell, 1) + 1) | 0
    Atomics.store(cell, 0, 0)
    Atomics.store(cell, 1, question)
    worker.postMessage({ question, url, body, contentType })
    // The thread has its own limit; this one is for the case that it is gone.
    Atomics.wait(cell, 0, 0, timeoutMs + 1_000)
    return Atomics.load(cell, 0)
  }
  return (url, rule, who, target) => {
    // What was substituted must not lead to another host than the rule's author wrote.
    const host = hostOfCheck(url)
    if (host === undefined || !allowedHosts.has(host)) throw new PolicyRaise(`${host ?? url} may not be asked`)
    if ((pausedUntil.get(host) ?? 0) > performance.now()) throw new PolicyRaise(`${host} did not answer a moment ago`)
    const answer = ask(url, bodyOf(contentType, rule, who, target))
    if (answer === 1 || answer === 2) return answer === 1
    pausedUntil.set(host, performance.now() + PAUSE_MS)
    throw new PolicyRaise(`${host} does not answer`)
  }
}

function startWorker(cell: Int32Array, timeoutMs: number, onEnd: () => void): Worker {
  const worker = new Worker(new URL('./remote-check-worker.mjs', import.meta.url), {
    workerData: { cell, timeoutMs },
    execArgv: [],
  })
  worker.unref()
  worker.on('error', onEnd)
  worker.on('exit', onEnd)
  return worker
}

function bodyOf(type: RemoteContentType, rule: string, who: Credentials, target: PolicyTarget): string {
  const question = { rule, target: target.entries?.() ?? {}, credentials: who.entries?.() ?? {} }
  if (type === 'application/json') return JSON.stringify(question)
  const fields = Object.entries(question).map(([name, value]): [string, string] => [name, JSON.stringify(value)])
  return new URLSearchParams(fields).toString()
}
