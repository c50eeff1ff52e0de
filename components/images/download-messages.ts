import { texts } from '@/components/ui/texts'

/** Texts about fetching an image's data. */
export const downloadTexts = texts('download', {
  title: 'Download',
  button: (size: string) => `Download ${size}`,
  denied: 'The rules of this cloud do not let you download it.',
  deactivated: 'It is deactivated; only administrators can download it.',
  noData: 'It has no data yet.',
  compare: 'Compare the file with this value when it has arrived.',
  resume: 'With a token in OS_TOKEN (see Use it), this line goes on after an interruption where it stopped.',
  command: 'Download with curl',
} as const)
