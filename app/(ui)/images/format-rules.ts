import type { FormatRules } from '@/components/uploads/file-verdict'
import { config } from '@/lib/config/load'

/** What the browser must know to judge a file as the server will. */
export function formatRules(): FormatRules {
  const { disk, container, requireMatch, gptNonfatalChecks, vmdkAllowedTypes } = config().formats
  return { disk, container, requireMatch, gptNonFatalChecks: gptNonfatalChecks, vmdkAllowedTypes }
}
