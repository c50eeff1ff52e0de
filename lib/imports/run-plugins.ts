import { config } from '@/lib/config/load'
import type { ImportPlugin } from '@/lib/config/schema'
import { db } from '@/lib/db/client'
import { apiError } from '@/lib/errors/api-error'
import { readImage } from '@/lib/images/image-repo'
import { findUnseenLocations, type LocationRow } from '@/lib/images/location-repo'
import { removeBytes } from '@/lib/images/remove-bytes'
import { logger } from '@/lib/runtime/logger'
import { metrics } from '@/lib/runtime/metrics'
import { stores, type WorkArea } from '@/lib/stores/registry'
import { lostTask } from './import-repo'
import type { Run } from './run'
import { convert } from './steps/convert'
import { decompress } from './steps/decompress'
import { injectMetadata } from './steps/inject-metadata'

/** True when other bytes lie in the place of the staged ones afterwards. */
type Plugin = (run: Run, staged: LocationRow) => Promise<boolean>

const plugins: Readonly<Record<ImportPlugin, Plugin>> = {
  no_op: async () => false,
  inject_image_metadata: injectMetadata,
  image_decompression: decompress,
  image_conversion: convert,
}

/** Where the bytes lie after a plugin: what an earlier try has done is seen by it. */
const areas: Readonly<Partial<Record<ImportPlugin, WorkArea>>> = {
  image_decompression: 'decompressed',
  image_conversion: 'converted',
}

/**
 * Runs the configured plugins over the staged bytes, from where an earlier try came to. Returns the run with the image
 * as they left it. Each plugin changes bytes and image in one transaction, and what it replaced is removed meanwhile.
 */
export async function runPlugins(run: Run): Promise<Run> {
  const { imageId } = run.plan
  const names = config().imports.plugins
  const { storeId } = await stagedOf(imageId)
  const done = names.findIndex((name) => storeIdAfter(name) === storeId)
  let current = run
  for (const name of names.slice(done + 1)) {
    const staged = await stagedOf(imageId)
    const stop = metrics().importStepSeconds.startTimer({ step: name })
    if (await plugins[name](current, staged)) run.leftovers.push(removeBytes(logger(), imageId, staged))
    stop()
    const found = await readImage(db(), imageId)
    if (found === undefined) throw lostTask()
    current = { ...run, image: found.image }
  }
  return current
}

/** The bytes that wait for the stores. Throws `store_object_missing`. */
export async function stagedOf(imageId: string): Promise<LocationRow> {
  const staged = await findStaged(imageId)
  if (staged !== undefined) return staged
  throw apiError('store_object_missing', { public: 'The staged image data is gone; stage it again.' })
}

export async function findStaged(imageId: string): Promise<LocationRow | undefined> {
  return (await findUnseenLocations(db(), imageId)).find(({ state }) => state === 'staged')
}

function storeIdAfter(name: ImportPlugin): string | undefined {
  const area = areas[name]
  return area === undefined ? undefined : stores().workAreas[area].id
}
