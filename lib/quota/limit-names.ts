/** The unified limits of images, in the order in which usage is told. Source: images.md 11.3. */
export const limitNames = [
  'image_size_total',
  'image_stage_total',
  'image_count_total',
  'image_count_uploading',
] as const
export type LimitName = (typeof limitNames)[number]

/** The two that limit bytes. Their numbers are MiB on the wire. */
export type SizeLimitName = 'image_size_total' | 'image_stage_total'

export function isSizeLimit(name: LimitName): name is SizeLimitName {
  return name === 'image_size_total' || name === 'image_stage_total'
}

/** By resource; in MiB for sizes, -1 for what is not limited. */
export type Limits = Readonly<Record<LimitName, number>>
