import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { z } from 'zod'
import { FrameReader, frameOf } from './helper-frames'
import { HelperMemory, SLOT_BYTES } from './helper-memory'

const answerSchema = z.object({
  id: z.number(),
  value: z.unknown().optional(),
  error: z.object({ code: z.string().optional(), errno: z.number().optional(), message: z.string() }).optional(),
})

/** What the helper may be asked for; see helper-process.mjs. */
export type HelperRequest = { readonly call: string } & Readonly<Record<string, string | number | undefined>>

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  /** where the bytes of the answer go */
  readonly target: Uint8Array | undefined
  readonly timer: NodeJS.Timeout
}

/** File calls that take longer than this are many: they are the share's, so that its size is no limit on ours. */
const THREADS = '16'

/**
 * One child process that makes file calls. When one of them does not come back in time the process is given up: it is
 * killed, which takes effect when the file system lets go of it, and every call that it had fails.
 */
export class FileHelper {
  readonly #child: ChildProcess
  readonly #socket: Duplex
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  #ended: Error | undefined
  /** made at the first transfer; undefined where there is none */
  #memory: Promise<HelperMemory | undefined> | undefined
  /** the process is gone, and with it whatever it held of the share */
  readonly exited: Promise<void>

  constructor(
    private readonly timeoutMs: number,
    private readonly onSilence: () => Error,
  ) {
    const program = join(process.cwd(), 'lib', 'stores', 'drivers', 'filesystem', 'helper-process.mjs')
    // Its output is nobody's: a process that cannot be killed must hold no pipe that others wait for.
    const stdio = ['ignore', 'ignore', 'ignore', 'pipe'] as const
    this.#child = spawn(process.execPath, [program], {
      stdio: [...stdio],
      cwd: '/',
      env: { NODE_ENV: 'production', UV_THREADPOOL_SIZE: THREADS },
    })
    const channel = this.#child.stdio[3]
    if (!(channel instanceof Duplex)) throw new Error('the file helper has no channel')
    this.#socket = channel
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', () => resolve())
      this.#child.once('error', () => resolve())
    })
    const lost = (cause?: unknown) => this.#end(new Error('the file helper ended', { cause }))
    this.#child.once('error', lost)
    this.#child.once('exit', () => lost())
    const frames = new FrameReader({
      targetOf: (header) => this.#targetOf(header),
      onFrame: (header, length) => this.#take(header, length),
    })
    this.#socket.on('data', (piece: Buffer) => {
      try {
        frames.push(piece)
      } catch (error) {
        lost(error)
      }
    })
    this.#socket.on('error', lost)
    this.#socket.on('close', () => lost())
    // Neither keeps a process alive that has nothing else to do; a call under way does.
    this.#child.unref()
    if (isSocket(this.#socket)) this.#socket.unref()
  }

  get isRunning(): boolean {
    return this.#ended === undefined
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** The answer's value; its bytes, if any, are in `target`. `bytes` must not change before. */
  call(request: HelperRequest, { bytes, target }: { bytes?: Uint8Array; target?: Uint8Array } = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) {
        reject(this.#ended)
        return
      }
      const id = ++this.#lastId
      // It alone keeps the process for the answer: at start there may be nothing else that does.
      const timer = setTimeout(() => this.#end(this.onSilence()), this.timeoutMs)
      this.#pending.set(id, { resolve, reject, target, timer })
      this.#socket.cork()
      for (const part of frameOf({ id, ...request }, bytes)) this.#socket.write(part)
      this.#socket.uncork()
    })
  }

  /** Writes what it can at once; the answer's value is how much that was. */
  async write(file: number, bytes: Uint8Array, position: number): Promise<unknown> {
    return await this.#transfer(
      async (memory, at) => {
        const part = bytes.subarray(0, SLOT_BYTES)
        await memory.put(at, part)
        return await this.call({ call: 'writeFrom', file, position, at, length: part.byteLength })
      },
      () => this.call({ call: 'write', file, position }, { bytes }),
    )
  }

  /** Reads what it can at once into `target`; the answer's value is how much that was. */
  async read(file: number, target: Uint8Array, position: number): Promise<unknown> {
    return await this.#transfer(
      async (memory, at) => {
        const length = Math.min(target.byteLength, SLOT_BYTES)
        const read = z.number().parse(await this.call({ call: 'readTo', file, position, at, length }))
        await memory.fetch(at, target.subarray(0, read))
        return read
      },
      () => this.call({ call: 'read', file, position, length: target.byteLength }, { target }),
    )
  }

  async #transfer<T>(shared: (memory: HelperMemory, at: number) => Promise<T>, sent: () => Promise<T>): Promise<T> {
    this.#memory ??= this.#share()
    const memory = await this.#memory
    const at = memory?.take()
    if (memory === undefined || at === undefined) return await sent()
    try {
      return await shared(memory, at)
    } finally {
      memory.give(at)
    }
  }

  async #share(): Promise<HelperMemory | undefined> {
    const memory = await HelperMemory.make()
    if (memory === undefined) return undefined
    const isOpen = await this.call({ call: 'openMemory', path: memory.path }).then(
      () => true,
      () => false,
    )
    if (isOpen) return memory
    await memory.close()
    return undefined
  }

  /** Ends the process; calls under way fail. */
  stop(): void {
    this.#end(new Error('the file helper was stopped'))
  }

  #targetOf(header: unknown): Uint8Array | undefined {
    return this.#pending.get(answerSchema.parse(header).id)?.target
  }

  #take(header: unknown, lengthBytes: number): void {
    const { id, value, error } = answerSchema.parse(header)
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    this.#pending.delete(id)
    clearTimeout(pending.timer)
    if (error === undefined) pending.resolve(pending.target === undefined ? value : lengthBytes)
    else pending.reject(Object.assign(new Error(error.message), { code: error.code, errno: error.errno }))
  }

  #end(reason: Error): void {
    if (this.#ended !== undefined) return
    this.#ended = reason
    this.#child.kill('SIGKILL')
    this.#socket.destroy()
    void this.#memory?.then((memory) => memory?.close())
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer)
      reject(reason)
    }
    this.#pending.clear()
  }
}

function isSocket(stream: Duplex): stream is Socket {
  return 'unref' in stream
}
