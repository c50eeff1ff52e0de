import { z } from 'zod'
import type { Task } from '@/lib/tasks/task'
import { type ImportRequest, importMethods, type RemoteName } from './import-request'

const planSchema = z.object({
  plan: z.object({
    imageId: z.string(),
    storeIds: z.array(z.string()),
    isLegacy: z.boolean().default(false),
    method: z.enum(importMethods),
    uri: z.string(),
    digest: z.object({ algorithm: z.enum(['md5', 'sha256', 'sha512']), value: z.string() }).nullable(),
    mustSucceed: z.boolean(),
    remote: z.object({ region: z.string(), imageId: z.string(), interfaceName: z.string() }).nullish(),
    roles: z.array(z.string()),
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
  /** of the one who asked for it */
  readonly roles: readonly string[]
  /** in the order in which they are written */
  readonly storeIds: readonly string[]
  /** Made by a task of the oldest kind, which made the image too: it goes with a failure. */
  readonly isLegacy: boolean
}

/** The input of an oldest task: what was asked, and what it means. */
export function legacyInputOf(
  input: object,
  { imageId, uri, storeIds, roles }: Pick<ImportPlan, 'imageId' | 'uri' | 'storeIds' | 'roles'>,
) {
  const asWeb = { isLegacy: true, method: 'web-download', digest: null, mustSucceed: true }
  const plan = { imageId, storeIds, uri, roles, ...asWeb }
  return { ...input, plan }
}

/** The input of a task: Glance's three keys, and what the request means. */
export function inputOf(
  imageId: string,
  body: object,
  { method, uri, expectedDigest, mustSucceed, fields }: ImportRequest,
  { storeIds, roles, remote }: Pick<ImportPlan, 'storeIds' | 'roles' | 'remote'>,
): Readonly<Record<string, unknown>> {
  // The original notes the default too.
  const shown =
    remote === undefined ? body : { ...body, method: { ...fields, glance_service_interface: remote.interfaceName } }
  return {
    image_id: imageId,
    import_req: shown,
    backend: storeIds,
    plan: {
      imageId,
      storeIds,
      method,
      uri,
      digest: expectedDigest ?? null,
      mustSucceed,
      remote: remote ?? null,
      roles,
    },
  }
}

/** Fails loudly on an input that this release did not write. */
export function planOf(input: unknown): ImportPlan {
  const { digest, remote, ...rest } = planSchema.parse(input).plan
  return { ...rest, expectedDigest: digest ?? undefined, remote: remote ?? undefined }
}

/** What must be known of an import to end it. */
export type ImportEnd = Pick<ImportPlan, 'imageId' | 'storeIds' | 'isLegacy'>

/** As much as that can be had from a task whose input this release cannot read. */
export function endOfUnread({ imageId, type, input }: Task): ImportEnd | undefined {
  const stores = z.array(z.string()).safeParse(input.backend)
  if (imageId === null) return undefined
  return { imageId, storeIds: stores.success ? stores.data : [], isLegacy: type === 'import' }
}
