import type { IncomingMessage, ServerResponse } from 'node:http'
import { apiError } from '@/lib/errors/api-error'
import { inviteBody } from './node-request'

/**
 * A request's body as chunks. Unlike the message's own iterator it leaves the connection usable when the reader stops
 * early, so that a refusal can still be sent, and it asks a client that waits for `100 Continue` only at the first read.
 */
export class RequestBody implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  #wake: (() => void) | undefined
  #error: unknown
  #isEnded = false
  #hasStarted = false

  constructor(
    private readonly message: IncomingMessage,
    private readonly response: ServerResponse,
  ) {}

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#hasStarted) this.#start()
    for (;;) {
      const chunk: Buffer | null = this.message.read()
      if (chunk !== null) return { done: false, value: chunk }
      if (this.#error !== undefined) throw this.#error
      if (this.#isEnded) return { done: true, value: undefined }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#isEnded = true
    this.#wakeUp()
    return { done: true, value: undefined }
  }

  #start(): void {
    this.#hasStarted = true
    const { message, response } = this
    message.on('readable', () => this.#wakeUp())
    message.once('end', () => {
      this.#isEnded = true
      this.#wakeUp()
    })
    const lost = () => {
      if (!message.complete) this.#error ??= apiError('client_closed')
      this.#isEnded = true
      this.#wakeUp()
    }
    message.once('error', lost)
    message.once('close', lost)
    if (message.destroyed) lost()
    else inviteBody(message, response)
  }

  #wakeUp(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
