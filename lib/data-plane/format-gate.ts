import { config } from '@/lib/config/load'
import { apiError } from '@/lib/errors/api-error'
import { createFormatInspector } from '@/lib/formats/inspector'
import { earlyRefusal, type FormatClaim, judge } from '@/lib/formats/judge'
import type { Image } from '@/lib/images/image'
import { logger } from '@/lib/runtime/logger'

/** Looks at an image's bytes on their way and refuses what its record does not allow. */
export interface FormatGate {
  /** Throws `format_refused` as soon as the content can only be refused. */
  take(bytes: Uint8Array): void
  /** After the last byte; throws `format_refused`. */
  verdict(): { readonly virtualSizeBytes: number | null }
}

/** For bytes that are looked at later. */
export const openGate: FormatGate = { take: () => {}, verdict: () => ({ virtualSizeBytes: null }) }

/** A gate for one upload; contents of containers other than bare are not looked at. Source: images.md 12. */
export function openFormatGate(image: Image): FormatGate {
  const claim = formatClaim(image)
  if (claim.containerFormat !== 'bare') return openGate
  const inspector = createFormatInspector()
  return {
    take: (bytes) => {
      inspector.push(bytes)
      const message = earlyRefusal(inspector, claim)
      if (message !== undefined) throw refused(message)
    },
    verdict: () => {
      const verdict = judge(inspector.finish(), claim)
      if (!verdict.ok) throw refused(verdict.message)
      if (verdict.warning !== undefined) {
        logger().warn({ imageId: image.id, diskFormat: claim.diskFormat }, `image accepted: ${verdict.warning}`)
      }
      return { virtualSizeBytes: verdict.virtualSizeBytes }
    },
  }
}

/** What an image claims, and how strictly the operator takes it. */
export function formatClaim({
  diskFormat,
  containerFormat,
}: Pick<Image, 'diskFormat' | 'containerFormat'>): FormatClaim {
  const { formats } = config()
  return {
    diskFormat: diskFormat ?? '',
    containerFormat: containerFormat ?? '',
    requireMatch: formats.requireMatch,
    gptNonFatalChecks: formats.gptNonfatalChecks,
    vmdkAllowedTypes: formats.vmdkAllowedTypes,
  }
}

function refused(message: string) {
  return apiError('format_refused', { public: message })
}
