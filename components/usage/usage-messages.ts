import { texts } from '@/components/ui/texts'

/** Texts about what a project uses. */
export const usageTexts = texts('usage', {
  title: 'Usage',
  intro: (project: string) => `What ${project} has of this cloud’s image storage.`,
  names: {
    image_size_total: 'Image data in stores',
    image_stage_total: 'Staged for import',
    image_count_total: 'Images',
    image_count_uploading: 'Uploads and imports under way',
  },
  help: {
    image_size_total: 'The size of every image, once for each store that has it, with what uploads have reserved.',
    image_stage_total: 'Data that was sent for an import and has not reached a store yet.',
    image_count_total: 'Every image of the project, with or without data.',
    image_count_uploading: 'Images whose data is on its way at this moment.',
  },
  of: (used: string, limit: string) => `${used} of ${limit}`,
  noLimit: 'no limit',
  left: (left: string) => `${left} left`,
  full: 'Full: nothing can be added',
  nearlyFull: 'Nearly full',
  bar: (name: string) => `Used: ${name}`,
  largest: 'Largest images',
  largestHelp: 'Deleting one frees its size in every store.',
  unfinished: 'Images without data',
  unfinishedHelp: 'They count as images. Send their data, or delete them.',
  none: 'None.',
  times: (stores: number) => `in ${stores} stores`,
} as const)
