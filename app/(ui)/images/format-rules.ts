import type { FormatRules } from '@/components/uploads/file-verdict'
import { config } from '@/lib/config/load'

/** What the browser must know to judge a file as the server will. */
export function formatRules(): FormatRules {
  const { disk, container, requireMatch, gptNonfatalChecks, vmdkAllowedTypes } = config().formats
  const { plugins, conversion } = config().imports
  return {
    ...{ disk, container, requireMatch, gptNonFatalChecks: gptNonfatalChecks, vmdkAllowedTypes },
    decompresses: plugins.includes('image_decompression'),
    convertsTo: plugins.includes('image_conversion') ? conversion.outputFormat : null,
  }
}
