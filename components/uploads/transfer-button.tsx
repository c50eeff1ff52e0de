'use client'

import { ArrowUpFromLine } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { uploadTexts } from './messages'
import { isUnfinished } from './transfer'
import { useTransfers } from './transfers'

/** Opens the tray; there is none until something was uploaded in this visit. */
export function TransferButton() {
  const { list, isTrayOpen, setTrayOpen } = useTransfers()
  if (list.length === 0) return null
  const running = list.filter(isUnfinished)
  const total = running.reduce((sum, transfer) => sum + transfer.totalBytes, 0)
  const sent = running.reduce((sum, transfer) => sum + transfer.sentBytes, 0)
  return (
    <Button
      variant="quiet"
      aria-label={uploadTexts.showTransfers(running.length)}
      aria-expanded={isTrayOpen}
      onPress={() => setTrayOpen(!isTrayOpen)}
    >
      <ArrowUpFromLine aria-hidden className={running.length > 0 ? 'text-accent' : 'text-muted'} />
      {total > 0 && (
        <span aria-hidden className="tabular-nums">
          {uploadTexts.percent(sent / total)}
        </span>
      )}
    </Button>
  )
}
