import { z } from 'zod'

const algorithms = ['md5', 'sha1', 'sha256', 'sha512'] as const

const validationSchema = z.object({ os_hash_algo: z.enum(algorithms).optional(), os_hash_value: z.string().optional() })
const requestSchema = z.object({ url: z.string(), validation_data: validationSchema.optional() })
const inputSchema = z.object({ image_id: z.string(), loc_url: z.string(), validation_data: validationSchema })

export type HashAlgorithm = (typeof algorithms)[number]

/** Where an image's data is said to be, and what it is said to hash to; checked for form alone. */
export interface LocationRequest {
  readonly url: string
  readonly validationData?: z.infer<typeof validationSchema>
}

/** What a task has to do, read back from its input. */
export interface LocationPlan {
  readonly imageId: string
  readonly url: string
  /** what the data must hash to; undefined when nobody said */
  readonly digest: { readonly algorithm: HashAlgorithm; readonly value: string } | undefined
}

/** Reads a body whose form is checked already. */
export function locationRequestOf(body: unknown): LocationRequest {
  const { url, validation_data: validationData } = requestSchema.parse(body)
  return { url, ...(validationData !== undefined && { validationData }) }
}

/** The input of a task, by Glance's names. */
export function locationInputOf(imageId: string, { url, validationData }: LocationRequest) {
  return { image_id: imageId, loc_url: url, validation_data: validationData ?? {} }
}

/** Fails loudly on an input that this release did not write. */
export function locationPlanOf(input: unknown): LocationPlan {
  const { image_id: imageId, loc_url: url, validation_data: data } = inputSchema.parse(input)
  const { os_hash_algo: algorithm, os_hash_value: value } = data
  const isGiven = algorithm !== undefined && value !== undefined
  return { imageId, url, digest: isGiven ? { algorithm, value: value.toLowerCase() } : undefined }
}
