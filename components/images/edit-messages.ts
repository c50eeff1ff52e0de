import { texts } from '@/components/ui/texts'

/** Texts of what is edited where it stands. */
export const editTexts = texts('edit', {
  name: 'Name',
  editName: 'Edit name',
  description: 'Description',
  noDescription: 'No description yet.',
  editDescription: 'Edit',
  addDescription: 'Describe it',
  save: 'Save',
  cancel: 'Cancel',
  renamed: (name: string) => `Renamed to ${name}`,
  unnamed: 'The name is removed',
  described: 'The description is changed',
  tooLong: (max: number) => `At most ${max} characters`,
} as const)
