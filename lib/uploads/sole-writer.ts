import { Interrupt } from '@/lib/data-plane/transfer'
import { apiError } from '@/lib/errors/api-error'
import { endsWithin } from '@/lib/runtime/ends-within'
import { processSingleton } from '@/lib/runtime/process-singleton'

/** Long enough for the last bytes to reach the disk. */
const PATIENCE_MS = 15_000

interface Writing {
  readonly interrupt: Interrupt
  readonly ended: Promise<unknown>
}

const writings = () => processSingleton('upload-writings', () => new Map<string, Writing>())

/**
 * Runs `write` alone among those of this process that write into an upload. One that is under way is interrupted: its
 * client has most likely lost the connection, which this side may notice much later. Throws `upload_locked` when it
 * does not end.
 */
export async function asSoleWriter<T>(uploadId: string, write: (interrupt: Interrupt) => Promise<T>): Promise<T> {
  for (let other = writings().get(uploadId); other !== undefined; other = writings().get(uploadId)) {
    other.interrupt.raise(apiError('upload_locked'))
    if (!(await endsWithin(other.ended, PATIENCE_MS))) throw apiError('upload_locked')
  }
  const interrupt = new Interrupt()
  const run = write(interrupt)
  const writing = { interrupt, ended: run.catch(() => {}) }
  writings().set(uploadId, writing)
  try {
    return await run
  } finally {
    if (writings().get(uploadId) === writing) writings().delete(uploadId)
  }
}
