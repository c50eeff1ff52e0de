'use client'

import { lazyPart } from '@/components/ui/lazy-part'
import { useTransfers } from './transfers'

const FilledTray = lazyPart(async () => (await import('./filled-tray')).FilledTray)

export interface TransferTrayProps {
  /** Deletes the record of a cancelled upload. */
  readonly deleteImage: (imageId: string) => Promise<void>
}

/** What is on its way, above every page, until it is dismissed. */
export function TransferTray(props: TransferTrayProps) {
  const { list } = useTransfers()
  return list.length === 0 ? null : <FilledTray {...props} />
}
