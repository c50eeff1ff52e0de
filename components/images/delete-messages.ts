import { formatCount } from '@/components/ui/format'

const images = (count: number) => (count === 1 ? '1 image' : `${formatCount(count)} images`)

/** Texts of deleting. */
export const deleteTexts = {
  title: (count: number) => (count === 1 ? 'Delete this image?' : `Delete ${images(count)}?`),
  will: (count: number) => `${images(count)} will be deleted, for good`,
  cannot: (count: number) => `${images(count)} cannot be deleted`,
  nothing: 'None of them can be deleted now.',
  frees: (size: string) => `Frees up to ${size}.`,
  final: 'Servers that run from it keep running; new ones cannot start from it. This cannot be undone.',
  typeName: (name: string) => `Type ${name} to confirm`,
  typeCount: (count: number) => `Type ${count} to confirm`,
  mismatch: (wanted: string) => `This must be exactly ${wanted}`,
  cancel: 'Cancel',
  close: 'Close',
  confirm: (count: number) => `Delete ${images(count)}`,
  resultTitle: 'What happened',
  done: (count: number) => `${images(count)} deleted`,
  failed: (count: number) => `${images(count)} not deleted`,
  andMore: (count: number) => `and ${formatCount(count)} more`,
} as const
