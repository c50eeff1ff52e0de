import { config } from '@/lib/config/load'
import { expectedSize } from '@/lib/data-plane/expected-size'
import { openFormatGate, openGate } from '@/lib/data-plane/format-gate'
import { reservingSource } from '@/lib/data-plane/reserving-source'
import { type DigestAlgorithm, factsOf, hashBytes, type Received, storeBytes } from '@/lib/data-plane/store-bytes'
import { db } from '@/lib/db/client'
import { apiError, isApiError } from '@/lib/errors/api-error'
import type { Image } from '@/lib/images/image'
import { findImage } from '@/lib/images/image-repo'
import {
  claimCondemned,
  findDeletingLocations,
  findStagedMetadata,
  findUnseenLocations,
  releaseClaim,
} from '@/lib/images/location-repo'
import { removeBytes } from '@/lib/images/remove-bytes'
import { byWeight } from '@/lib/images/wire'
import { quotaOf } from '@/lib/quota/quota'
import { logger } from '@/lib/runtime/logger'
import { chunksOf } from '@/lib/stores/chunks-of'
import { filePathOf } from '@/lib/stores/location-uri'
import { configuredStore, STAGING_STORE_ID, stores } from '@/lib/stores/registry'
import type { BlobReader } from '@/lib/stores/store'
import { type ClaimedTask, tokenOfTask } from '@/lib/tasks/task-repo'
import { isUsedUp, readTask, refuseUsedUp, sentenceOf, whileClaimed } from './claims'
import { untilEarlierTriesEnd } from './earlier-tries'
import { endOfUnread, type ImportEnd, type ImportPlan, planOf } from './import-plan'
import {
  type Arrival,
  arrivalOf,
  beginImport,
  completeImport,
  failImport,
  leaseForTask,
  lostTask,
  recordBytes,
  recordFailure,
} from './import-repo'
import { leaseForStaging, reserveStores, settleStore } from './reserve-import'
import { leasedBy, MIB, type Run } from './run'
import { findStaged, runPlugins, stagedOf } from './run-plugins'
import { factsOfStaged } from './staged-facts'
import { findRemoteImage } from './steps/glance-download'
import { openDownload } from './steps/web-download'
import { writeToStores } from './write-to-stores'

/**
 * Does an import from where it stands: bytes that an earlier try staged or put into a store are used. Ends the task,
 * unless it is lost or `signal` is aborted; then another try goes on. Never throws.
 */
export async function runImport(task: ClaimedTask, signal: AbortSignal): Promise<void> {
  let ending: ImportEnd | undefined
  await whileClaimed(task, signal, {
    name: 'import',
    async work(claim) {
      const plan = readTask(task, planOf)
      ending = plan
      refuseUsedUp(task)
      const unseen = await findUnseenLocations(db(), plan.imageId)
      const held = unseen.filter(({ state }) => state === 'held').map(({ storeId }) => storeId)
      const quota = await quotaOf((await findImage(plan.imageId))?.ownerId ?? null)
      const image = await beginImport(task, plan, { heldStoreIds: held, quota })
      const { signal: stop, report } = claim
      const remote =
        plan.remote && (await findRemoteImage(plan.remote, { token: await tokenOfTask(db(), task), signal: stop }))
      const leftovers: Promise<unknown>[] = []
      try {
        await importTo({ task, plan, image, remote, signal: stop, leftovers, report }, held)
      } finally {
        await Promise.all(leftovers)
      }
    },
    async fail(error) {
      if (isUsedUp(task)) ending ??= endOfUnread(task)
      if (ending === undefined) return
      // What a quota refused is as if it had not begun: no store failed.
      const isOver = isApiError(error) && error.code === 'quota_exceeded'
      await failImport(task, isOver ? { ...ending, storeIds: [] } : ending, sentenceOf(error))
    },
  })
  if (ending !== undefined) await removeCondemned(ending.imageId)
}

async function importTo(run: Run, heldStoreIds: readonly string[]): Promise<void> {
  const { plan, task, image } = run
  const holders = new Set([...heldStoreIds, ...image.locations.map((location) => location.storeId)])
  const missing = plan.storeIds.filter((id) => !holders.has(id))
  const isCopy = plan.method === 'copy-image'
  // Where no store is missing nothing is read, from wherever.
  const needsStaged = !isCopy && missing.length > 0
  // What is over the quota already need not be prepared; preparing may change the size.
  await reserveStores(task, plan.imageId, missing.length)
  const prepared = needsStaged ? await prepare(run) : run
  const source = needsStaged ? await stagedSource(prepared, missing.length) : copySource(run)
  if (!isCopy) await reserveStores(task, plan.imageId, missing.length)
  const failures = new Map<string, string>()
  const written = await writeToStores({
    storeIds: missing,
    atOnce: config().imports.maxParallelStores,
    mustSucceed: plan.mustSucceed,
    signal: run.signal,
    report: run.report,
    write: (storeId, options) => writeToStore(prepared, source, { storeId, ...options }),
    onFailure: async (storeId, error) => {
      logger().warn({ err: error, taskId: task.id, imageId: image.id, storeId }, 'a store did not get an import')
      failures.set(storeId, sentenceOf(error))
      await recordFailure(task, plan.imageId, storeId)
    },
  })
  const stored = plan.storeIds.length - missing.length + written
  const reasons = reasonsOf(failures)
  if (stored === 0) throw apiError('source_unavailable', { public: `None of the uploads finished! ${reasons}`.trim() })
  await completeImport(task, plan, { arrival: arrivalFrom(run), message: reasons && `Not in all stores. ${reasons}` })
}

/** Why which stores did not get the bytes; what they have in common is said once. */
function reasonsOf(failures: ReadonlyMap<string, string>): string {
  const bySentence = new Map<string, string[]>()
  for (const [storeId, sentence] of failures) {
    bySentence.set(sentence, [...(bySentence.get(sentence) ?? []), storeId])
  }
  return [...bySentence].map(([sentence, storeIds]) => `${storeIds.join(', ')}: ${sentence}`).join('; ')
}

/** A copy from another image service is what it was there, but for what plugins have made of it. */
function arrivalFrom({ remote }: Run): Arrival {
  if (remote === undefined) return {}
  const { diskFormat, containerFormat, properties } = remote
  return hasPlugins() ? { properties } : { diskFormat, containerFormat, properties }
}

function hasPlugins(): boolean {
  return config().imports.plugins.length > 0
}

/** Plugins need to know what was downloaded, and a failed import what the image claimed before. */
function formatsFor({ remote, image }: Run) {
  if (remote === undefined || !hasPlugins()) return { metadata: {}, formats: {} }
  return {
    metadata: { before: { diskFormat: image.diskFormat, containerFormat: image.containerFormat } },
    formats: { diskFormat: remote.diskFormat, containerFormat: remote.containerFormat },
  }
}

/** Opens the bytes to import, once for each store. */
interface Source {
  open(signal: AbortSignal): Promise<BlobReader>
  /** what is known of them since they came; they lie in a file that the only store may take over */
  readonly known?: { readonly path: string; readonly facts: Omit<Received, 'sizeBytes'> } | undefined
}

function copySource({ image }: Run): Source {
  return {
    open: async (signal) => {
      let failure: unknown = apiError('store_object_missing')
      for (const location of byWeight(image.locations)) {
        try {
          return await configuredStore(location.storeId).openReader(location, { signal })
        } catch (error) {
          failure = error
        }
      }
      throw failure
    },
  }
}

/** Sees to it that bytes are staged, and that the plugins have worked on them. */
async function prepare(run: Run): Promise<Run> {
  const { plan } = run
  const isDownload = plan.method === 'web-download' || run.remote !== undefined
  if (isDownload && (await findStaged(plan.imageId)) === undefined) await download(run)
  if (plan.method === 'glance-direct') await checkStaged(run)
  return await runPlugins(run)
}

/** Two stores must not share one file, or what spoils it spoils both. */
async function stagedSource({ plan, image }: Run, storeCount: number): Promise<Source> {
  const location = await stagedOf(plan.imageId)
  const facts = storeCount === 1 ? factsOfStaged(await findStagedMetadata(db(), location), image) : undefined
  const path = filePathOf(location.url)
  const isEnough = facts !== undefined && (plan.expectedDigest?.algorithm ?? 'md5') in facts.digests
  return {
    open: (signal) => configuredStore(location.storeId).openReader(location, { signal }),
    ...(isEnough && path !== undefined && { known: { path, facts } }),
  }
}

/** What was sent in pieces must be what its client has announced. Plugins change it, so that it is read before. */
async function checkStaged({ plan, image, signal }: Run): Promise<void> {
  const { expectedDigest } = plan
  const staged = expectedDigest && hasPlugins() ? await findStaged(plan.imageId) : undefined
  if (expectedDigest === undefined || staged?.storeId !== STAGING_STORE_ID) return
  const facts = factsOfStaged(await findStagedMetadata(db(), staged), image)
  if (facts?.digests[expectedDigest.algorithm] === expectedDigest.value) return
  const reader = await configuredStore(staged.storeId).openReader(staged, { signal })
  try {
    const received = await hashBytes({
      source: chunksOf(reader),
      expected: expectedSize({ contentLengthBytes: reader.sizeBytes }),
      gate: openGate,
      algorithms: [expectedDigest.algorithm],
      signal,
      lost: lostTask,
    })
    refuseUnannounced(expectedDigest, received)
  } finally {
    await reader.close()
  }
}

function refuseUnannounced(
  { algorithm, value }: NonNullable<ImportPlan['expectedDigest']>,
  { digests }: Received,
): void {
  if (digests[algorithm] === value) return
  throw apiError('source_unavailable', {
    public: `The ${algorithm} of the uploaded data is not the one that its client has announced.`,
  })
}

async function download(run: Run): Promise<void> {
  const { plan, remote, signal } = run
  const expectedDigest = remote === undefined ? plan.expectedDigest : remote.digest
  const file = remote === undefined ? await openDownload(plan.uri, signal) : await remote.open(signal)
  const expected = expectedSize(file.sizeBytes === undefined ? {} : { contentLengthBytes: file.sizeBytes })
  const quota = await quotaOf(run.image.ownerId)
  await untilEarlierTriesEnd(plan.imageId, STAGING_STORE_ID, signal)
  const lease = await leaseForStaging(run.task, plan.imageId, { quota, announcedBytes: expected.sizeBytes ?? 0 })
  await storeBytes(
    {
      ...leasedBy(run, lease, expected),
      store: stores().staging,
      source: reservingSource({ source: file.source, lease, expected, quota, lost: lostTask }, 'image_stage_total'),
      gate: openGate,
      algorithms: expectedDigest === undefined ? [] : [expectedDigest.algorithm],
      onProgress: (bytes) => run.report(`Downloaded ${Math.floor(bytes / MIB)} MiB`),
    },
    async ({ digests, sizeBytes }, location) => {
      if (remote !== undefined && sizeBytes !== remote.sizeBytes) {
        throw apiError('source_unavailable', {
          public: `The downloaded data has ${sizeBytes} bytes, and the source image ${remote.sizeBytes}.`,
        })
      }
      if (expectedDigest !== undefined && digests[expectedDigest.algorithm] !== expectedDigest.value) {
        throw apiError('source_unavailable', {
          public: `The ${expectedDigest.algorithm} of the downloaded data is not the expected one.`,
        })
      }
      const { metadata, formats } = formatsFor(run)
      const staged = { ...location, state: 'staged', metadata } as const
      await recordBytes({ task: run.task, lease }, staged, async () => ({ sizeBytes, ...formats }))
    },
  )
}

interface Target {
  readonly storeId: string
  readonly signal: AbortSignal
  readonly onProgress: (bytes: number) => void
}

async function writeToStore(run: Run, source: Source, { storeId, signal, onProgress }: Target): Promise<void> {
  const { plan, image } = run
  const isCopy = plan.method === 'copy-image'
  const announced = plan.method === 'glance-direct' && !hasPlugins() ? plan.expectedDigest : undefined
  const { known } = source
  const reader = await source.open(signal)
  try {
    const expected = expectedSize({ contentLengthBytes: reader.sizeBytes })
    await untilEarlierTriesEnd(plan.imageId, storeId, signal)
    const lease = await leaseForTask(run.task, plan.imageId, storeId)
    await storeBytes(
      {
        ...leasedBy({ ...run, signal }, lease, expected),
        store: configuredStore(storeId),
        source: chunksOf(reader),
        gate: openFormatGate({ ...image, ...arrivalFrom(run) }),
        algorithms: [...new Set([...digestsFor(image, isCopy), ...(announced ? [announced.algorithm] : [])])],
        onProgress,
        known: known && { path: known.path, received: { ...known.facts, sizeBytes: reader.sizeBytes } },
      },
      async (received, { url }) => {
        if (isCopy) refuseDifferent(image, received)
        if (announced !== undefined) refuseUnannounced(announced, received)
        const state = plan.mustSucceed ? 'held' : 'active'
        const virtualSizeBytes = received.virtualSizeBytes ?? image.virtualSizeBytes
        const facts = isCopy ? {} : { ...factsOf(received), virtualSizeBytes }
        await recordBytes(
          { task: run.task, lease },
          { storeId, url, state, metadata: { store: storeId } },
          async (tx, current) => {
            await settleStore(tx, run.task, received.sizeBytes)
            if (isCopy || plan.mustSucceed) return facts
            // The first one; a later store must not undo what a client changed since.
            return current.status === 'active' ? facts : { ...facts, ...arrivalOf(current, arrivalFrom(run)) }
          },
        )
      },
    )
  } finally {
    await reader.close()
  }
}

/** A copy is checked against what the image says of its bytes; older images may lack one of the two. */
function digestsFor({ checksum, hashAlgorithm }: Image, isCopy: boolean): DigestAlgorithm[] {
  if (!isCopy) return ['md5', config().images.hashAlgorithm]
  const known = (['sha256', 'sha512'] as const).find((name) => name === hashAlgorithm)
  return [...(checksum === null ? [] : (['md5'] as const)), ...(known === undefined ? [] : [known])]
}

function refuseDifferent({ id, sizeBytes, checksum, hashAlgorithm, hashValue }: Image, received: Received): void {
  const { md5, sha256, sha512 } = received.digests
  const strong = hashAlgorithm === 'sha256' ? sha256 : hashAlgorithm === 'sha512' ? sha512 : undefined
  const isSame =
    (sizeBytes === null || received.sizeBytes === sizeBytes) &&
    (checksum === null || md5 === checksum) &&
    (strong === undefined || strong === hashValue)
  if (isSame) return
  throw apiError('source_unavailable', { public: `The stored data of image ${id} is not what its digests say.` })
}

/** Removes at once what the import condemned; what cannot be removed now is the reaper's. */
async function removeCondemned(imageId: string): Promise<void> {
  try {
    for (const location of await findDeletingLocations(db(), [], imageId)) {
      const claimId = await claimCondemned(db(), location.id)
      if (claimId === undefined) continue
      const failure = await removeBytes(logger(), imageId, location)
      if (failure !== undefined) await releaseClaim(db(), claimId)
    }
  } catch (error) {
    logger().warn({ err: error, imageId }, 'what an import left could not be removed yet')
  }
}
