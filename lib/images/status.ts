export const imageStatuses = [
  'queued',
  'saving',
  'active',
  'killed',
  'deleted',
  'uploading',
  'importing',
  'pending_delete',
  'deactivated',
] as const
export type ImageStatus = (typeof imageStatuses)[number]

/** States that only a live lease may keep an image in. */
export const transientStatuses = ['saving', 'uploading', 'importing'] as const satisfies readonly ImageStatus[]
