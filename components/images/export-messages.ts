import { texts } from '@/components/ui/texts'

/** Texts of exporting a list. */
export const exportTexts = texts('export', {
  label: 'Export',
  csv: 'CSV',
  csvHint: 'For spreadsheets: all that match, with the columns shown',
  json: 'JSON',
  jsonHint: 'For programs: the same, with lists and numbers as such',
} as const)
