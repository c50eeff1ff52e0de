import { formatCount } from '@/components/ui/format'
import { texts } from '@/components/ui/texts'

/** Texts about tasks: what runs after the request that asked for it. */
export const taskTexts = texts('task', {
  title: 'Tasks',
  intro: 'Imports and copies that run in the background. Each is kept for a while after it has ended.',
  views: 'Tasks by state',
  view: { all: 'All', running: 'Running', failed: 'Failed', done: 'Done', bulk: 'Acts on many images' },
  kind: {
    'glance-direct': 'Import of uploaded data',
    'web-download': 'Import from a web address',
    'copy-image': 'Copy to stores',
    'glance-download': 'Import from another region',
    location: 'Look at a location',
    unknown: 'Task',
  },
  status: { pending: 'waiting', processing: 'running', success: 'done', failure: 'failed' },
  of: 'Image',
  goneImage: 'an image that is gone',
  to: 'To',
  from: 'From',
  started: 'Asked for',
  ended: 'Ended',
  took: 'Took',
  forgotten: 'Kept until',
  tries: 'Tries',
  project: 'Project',
  request: 'Request ID',
  id: 'Task ID',
  details: 'Details',
  input: 'What was asked for',
  inputCaption: 'Input of the task as JSON',
  progress: (kind: string) => `Progress: ${kind}`,
  list: (view: string) => `Tasks: ${view}`,
  empty: {
    all: 'Nothing has run lately',
    running: 'Nothing is running',
    failed: 'Nothing has failed',
    done: 'Nothing has ended lately',
    bulk: 'Nothing was done to many images lately',
  },
  emptyText: 'Tasks begin when an image is imported or copied to another store.',
  bulk: {
    emptyText: 'Mark images in the list and choose what is to be done with them. What became of each is kept here.',
    unknown: 'An act of another release',
    you: 'you',
    other: 'somebody of this project',
    results: 'What was not changed, and why',
  },
  emptyOfImage: 'Nothing was imported into this image or copied lately.',
  back: 'All tasks',
  notFoundTitle: 'No such task',
  notFoundText: 'It never existed, is forgotten, or belongs to another project.',
  copyOf: (what: string) => `Copy ${what}`,
  seconds: (seconds: number) => {
    if (seconds < 60) return `${formatCount(Math.max(0, Math.round(seconds)))} s`
    const minutes = Math.floor(seconds / 60)
    if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`
    return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`
  },
  toImage: 'Go to the image',
} as const)
