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

/** Allowed moves, contract images.md 4.1; deactivated → pending_delete and back are ours (section 16, row 2). */
const moves: Readonly<Record<ImageStatus, readonly ImageStatus[]>> = {
  queued: ['saving', 'uploading', 'importing', 'active', 'deleted'],
  saving: ['active', 'killed', 'deleted', 'queued'],
  uploading: ['importing', 'queued', 'deleted'],
  importing: ['active', 'deleted', 'queued'],
  active: ['pending_delete', 'deleted', 'deactivated'],
  killed: ['deleted'],
  pending_delete: ['deleted', 'active', 'deactivated'],
  deactivated: ['active', 'deleted', 'pending_delete'],
  deleted: [],
}

export function mayMove(from: ImageStatus, to: ImageStatus): boolean {
  return moves[from].includes(to)
}

/** States that only a live lease may keep an image in. */
export const transientStatuses = ['saving', 'uploading', 'importing'] as const satisfies readonly ImageStatus[]
