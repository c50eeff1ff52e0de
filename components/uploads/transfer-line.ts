import { uploadTexts } from './messages'
import { secondsLeft, type Transfer } from './transfer'

/** How far an upload is, in one line. */
export function transferLine(transfer: Transfer): string {
  switch (transfer.state) {
    case 'waiting':
      return uploadTexts.waiting
    case 'finishing':
      return uploadTexts.finishing
    case 'done':
      return uploadTexts.done(transfer.totalBytes)
    case 'cancelled':
      return uploadTexts.cancelled
    case 'failed':
      return transfer.reason ?? uploadTexts.failed
    case 'sending': {
      const left = secondsLeft(transfer)
      return [
        uploadTexts.percent(transfer.sentBytes / Math.max(1, transfer.totalBytes)),
        uploadTexts.amount(transfer.sentBytes, transfer.totalBytes),
        ...(transfer.bytesPerSecond === null ? [] : [uploadTexts.speed(transfer.bytesPerSecond)]),
        ...(left === null ? [] : [uploadTexts.left(left)]),
      ].join(' · ')
    }
  }
}
