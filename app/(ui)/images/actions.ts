import type { ImageActions } from '@/components/images/view'
import { patch, planActs, runActs, setActive } from './server-actions'

/** What the catalog and an image's room let people do; the rules decide again in each of them. */
export const imageActions: ImageActions = { patch, setActive, bulk: { plan: planActs, run: runActs } }
