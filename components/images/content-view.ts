import type { Inspection } from '@/lib/formats/inspector'

/** What a look at the stored bytes of an image brought, or why there was none. */
export type ContentView =
  | { readonly state: 'no-right' | 'no-data' | 'deactivated' | 'container' | 'unreadable' }
  | {
      readonly state: 'read'
      readonly inspection: Inspection
      /** why such data would be refused now; null when it would not */
      readonly refusal: string | null
      readonly warning: string | null
    }
