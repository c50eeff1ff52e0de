import { z } from 'zod'
import { type ImportRequest, importMethods, type RemoteName } from './import-request'

const planSchema = z.object({
  image_id: z.string(),
  import_req: z.record(z.string(), z.unknown()),
  backend: z.array(z.string()),
  plan: z.object({
    method: z.enum(importMethods),
    uri: z.string(),
    digest: z.object({ algorithm: z.enum(['md5', 'sha256', 'sha512']), value: z.string() }).nullable(),
    mustSucceed: z.boolean(),
    remote: z.object({ region: z.string(), imageId: z.string(), interfaceName: z.string() }).nullish(),
  }),
})

/** What a task has to do, read back from its input. */
export interface ImportPlan {
  readonly imageId: string
  readonly method: ImportRequest['method']
  readonly uri: string
  readonly expectedDigest: ImportRequest['expectedDigest']
  readonly mustSucceed: boolean
  /** glance-download only */
  readonly remote: RemoteName | undefined
  /** in the order in which they are written */
  readonly storeIds: readonly string[]
}

/** The input of a task: Glance's three keys, and what the request means. */
export function inputOf(
  imageId: string,
  body: unknown,
  { method, uri, expectedDigest, mustSucceed }: ImportRequest,
  storeIds: readonly string[],
  remote?: RemoteName,
): Readonly<Record<string, unknown>> {
  return {
    image_id: imageId,
    import_req: body,
    backend: storeIds,
    plan: { method, uri, digest: expectedDigest ?? null, mustSucceed, remote: remote ?? null },
  }
}

/** Fails loudly on an input that this release did not write. */
export function planOf(input: unknown): ImportPlan {
  const { image_id: imageId, backend: storeIds, plan } = planSchema.parse(input)
  const { digest, remote, ...rest } = plan
  return { imageId, storeIds, ...rest, expectedDigest: digest ?? undefined, remote: remote ?? undefined }
}
