import { setTimeout as sleep } from 'node:timers/promises'
import { config } from '@/lib/config/load'
import { expectedSize } from '@/lib/data-plane/expected-size'
import { openGate } from '@/lib/data-plane/format-gate'
import { hashBytes, type Received } from '@/lib/data-plane/store-bytes'
import { apiError } from '@/lib/errors/api-error'
import { requireFormats } from '@/lib/images/image-rules'
import { inspectLocation } from '@/lib/images/inspect-location'
import { chunksOf } from '@/lib/stores/chunks-of'
import { configuredStore } from '@/lib/stores/registry'
import type { BlobLocation } from '@/lib/stores/store'
import type { ClaimedTask } from '@/lib/tasks/task-repo'
import { type Claim, isUsedUp, readTask, refuseUsedUp, sentenceOf, whileClaimed } from './claims'
import { lostTask } from './import-repo'
import { type HashAlgorithm, type LocationPlan, locationPlanOf } from './location-plan'
import {
  activateLocation,
  beginLocation,
  type Digests,
  failLocation,
  finishHashing,
  type LocationWork,
} from './location-repo'
import { MIB } from './run'

const RETRY_PAUSE_MS = 500

interface Run extends LocationWork, Claim {
  readonly plan: LocationPlan
}

/**
 * Gives an image the location that was asked for, and reads its data for the digests: before the image is active when
 * it must match what the client said, after that otherwise. Nothing is recorded before the data was looked at, so that
 * a failure leaves the image as it was. Ends the task, unless it is lost or `signal` is aborted; then another try goes
 * on. Never throws.
 */
export async function runLocation(task: ClaimedTask, signal: AbortSignal): Promise<void> {
  let work: LocationWork | undefined
  await whileClaimed(task, signal, {
    name: 'adding a location',
    async work(claim) {
      const plan = readTask(task, locationPlanOf)
      work = { task, imageId: plan.imageId }
      refuseUsedUp(task)
      await locate({ ...claim, ...work, plan })
    },
    async fail(error) {
      if (isUsedUp(task) && task.imageId !== null) work ??= { task, imageId: task.imageId }
      if (work !== undefined) await failLocation(work, sentenceOf(error))
    },
  })
}

async function locate(run: Run): Promise<void> {
  const { plan, log } = run
  const { doSecureHash } = config().locations
  const isVerified = doSecureHash && plan.digest !== undefined
  const image = await beginLocation(run, isVerified)
  const known = image.locations.find(({ url }) => url === plan.url)
  if (known !== undefined) return await hashAfterwards(run, known)
  if (image.status === 'active' || image.status === 'deactivated') throw lostTask()
  requireFormats(image)
  const { storeId, sizeBytes } = await inspectLocation(plan.url, log)
  const location = { storeId, url: plan.url }
  const { ownerId } = image
  if (isVerified) {
    const digests = await verified(run, location, sizeBytes)
    await activateLocation(run, { ownerId, set: { sizeBytes, ...digests }, location, isLast: true })
    return
  }
  const trusted = plan.digest && { hashAlgorithm: plan.digest.algorithm, hashValue: plan.digest.value }
  await activateLocation(run, { ownerId, set: { sizeBytes, ...trusted }, location, isLast: !doSecureHash })
  if (doSecureHash) await hashAfterwards(run, location)
}

/** Throws `source_unavailable` when the data is not what the client said. */
async function verified(run: Run, location: BlobLocation, sizeBytes: number): Promise<Digests> {
  const { digest } = run.plan
  if (digest === undefined) throw apiError('internal')
  const digests = await digestsAt(run, location, { algorithm: digest.algorithm, sizeBytes })
  if (digests.hashValue === digest.value) return digests
  throw apiError('source_unavailable', {
    public: `os_hash_value: (${digest.value}) not matched with actual os_hash_value: (${digests.hashValue})`,
  })
}

/** The image is in use already: data that cannot be read takes nothing from it but the digests. */
async function hashAfterwards(run: Run, location: BlobLocation): Promise<void> {
  const { plan, log } = run
  let digests: Digests | undefined
  let message = ''
  try {
    digests = await digestsAt(run, location, { algorithm: config().images.hashAlgorithm })
  } catch (error) {
    if (run.signal.aborted) throw error
    log.warn({ err: error }, 'the data at a location could not be hashed')
    message = 'The data could not be read to its end, so the image has no digests.'
  }
  await finishHashing(run, { url: plan.url, digests, message })
}

interface Wanted {
  readonly algorithm: HashAlgorithm
  /** when it is known */
  readonly sizeBytes?: number
}

/** Reads the data once, from the start again when that fails. Throws `store_unavailable` when it does to the last. */
async function digestsAt(run: Run, location: BlobLocation, { algorithm, sizeBytes }: Wanted): Promise<Digests> {
  const tries = config().locations.httpRetries
  for (let number = 1; ; number++) {
    try {
      const { digests, sizeBytes: readBytes } = await read(run, location, algorithm)
      const { md5: checksum, [algorithm]: hashValue } = digests
      if (sizeBytes !== undefined && sizeBytes !== readBytes) throw apiError('store_unavailable')
      if (checksum === undefined || hashValue === undefined) throw apiError('internal')
      return { checksum, hashAlgorithm: algorithm, hashValue }
    } catch (error) {
      if (run.signal.aborted) throw error
      run.log.info({ err: error, number }, 'the data at a location could not be read')
      if (number >= tries) throw apiError('store_unavailable', { public: 'The data could not be read.', cause: error })
      await sleep(RETRY_PAUSE_MS * number, undefined, { signal: run.signal })
    }
  }
}

async function read(run: Run, location: BlobLocation, algorithm: HashAlgorithm): Promise<Received> {
  const { signal, report } = run
  const reader = await configuredStore(location.storeId).openReader(location, { signal })
  try {
    return await hashBytes({
      source: chunksOf(reader),
      expected: expectedSize({ contentLengthBytes: reader.sizeBytes }),
      gate: openGate,
      algorithms: algorithm === 'md5' ? ['md5'] : ['md5', algorithm],
      signal,
      lost: lostTask,
      onProgress: (bytes) => report(`Hashed ${Math.floor(bytes / MIB)} MiB`),
    })
  } finally {
    await reader.close()
  }
}
