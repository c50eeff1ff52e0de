import { uploadTexts } from './messages'
import { secondsLeft, shareOf, type Transfer } from './transfer'

/** How far an upload is, in one line. */
export function transferLine(transfer: Transfer): string {
  const { state, sentBytes, totalBytes, holeBytes } = transfer
  const share = shareOf(transfer) ?? 0
  switch (state) {
    case 'waiting':
      return uploadTexts.waiting
    case 'checking':
      return joined(uploadTexts.checking, uploadTexts.percent(share))
    case 'stalled':
      return joined(uploadTexts.stalled[transfer.stall ?? 'network'], uploadTexts.percent(share))
    case 'paused':
      return joined(uploadTexts.paused, uploadTexts.percent(share), uploadTexts.amount(sentBytes, totalBytes))
    case 'needsFile':
      if (transfer.reason !== null) return transfer.reason
      return transfer.hasKeptFile ? uploadTexts.stoppedAt(share) : uploadTexts.needsFile(share)
    case 'elsewhere':
      return joined(uploadTexts.elsewhere, uploadTexts.percent(share))
    case 'finishing':
      return uploadTexts.finishing
    case 'done':
      return joined(
        uploadTexts.done(totalBytes),
        holeBytes > 0 && uploadTexts.holes(holeBytes),
        transfer.sha512 !== null && uploadTexts.sameHash,
      )
    case 'cancelled':
      return uploadTexts.cancelled
    case 'failed':
      return transfer.reason ?? uploadTexts.failed
    case 'sending': {
      const left = secondsLeft(transfer)
      return joined(
        uploadTexts.percent(share),
        uploadTexts.amount(sentBytes, totalBytes),
        transfer.bytesPerSecond !== null && uploadTexts.speed(transfer.bytesPerSecond),
        left !== null && uploadTexts.left(left),
        holeBytes > 0 && uploadTexts.holes(holeBytes),
      )
    }
  }
}

function joined(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false).join(' · ')
}
