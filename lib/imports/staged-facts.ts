import { z } from 'zod'
import type { Received } from '@/lib/data-plane/store-bytes'
import type { Image } from '@/lib/images/image'

const factsSchema = z.object({
  facts: z.object({
    digests: z.record(z.string(), z.string()),
    virtualSizeBytes: z.number().nullable(),
    diskFormat: z.string().nullable(),
    containerFormat: z.string().nullable(),
  }),
})

type Claims = Pick<Image, 'diskFormat' | 'containerFormat'>

/** What became known of staged bytes while they came, as their location's metadata. */
export function stagedFacts({ digests, virtualSizeBytes }: Received, { diskFormat, containerFormat }: Claims) {
  return { facts: { digests, virtualSizeBytes, diskFormat, containerFormat } }
}

/** The same again; undefined when nothing is known, or the image claims another format than they were looked at for. */
export function factsOfStaged(
  metadata: unknown,
  { diskFormat, containerFormat }: Claims,
): Omit<Received, 'sizeBytes'> | undefined {
  const facts = factsSchema.safeParse(metadata).data?.facts
  if (facts?.diskFormat !== diskFormat || facts.containerFormat !== containerFormat) return undefined
  return { digests: facts.digests, virtualSizeBytes: facts.virtualSizeBytes }
}
