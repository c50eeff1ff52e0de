import { formatBytes } from '@/components/ui/format'
import { texts } from '@/components/ui/texts'

/** Texts of the list of unfinished uploads. */
export const uploadRoomTexts = texts('uploadRoom', {
  title: 'Uploads',
  intro:
    'What you have begun to upload in this project, in whatever browser or with whatever client, and not finished.',
  list: 'Unfinished uploads',
  empty: 'No unfinished uploads',
  emptyText: 'An upload that is interrupted waits here, so that any of your devices can go on with it.',
  upload: 'Upload an image',
  file: (name: string) => `File ${name}`,
  progress: (name: string) => `Upload of ${name}, as the server has it`,
  taken: (offset: number, total: number) =>
    `${Math.floor((offset / Math.max(1, total)) * 100)} % · ${formatBytes(offset)} of ${formatBytes(total)}`,
  staged: (bytes: number) => `${formatBytes(bytes)} in the staging area`,
  lastPiece: 'last piece',
  expires: 'goes away',
  to: (stores: string) => `for store ${stores}`,
  goOn: 'Go on',
  goOnWith: (name: string) => `Go on with ${name}: choose its file`,
  resume: 'Resume',
  resumeOf: (name: string) => `Resume the upload of ${name}`,
  running: 'In the tray',
  end: (name: string) => `End the upload of ${name}`,
} as const)
