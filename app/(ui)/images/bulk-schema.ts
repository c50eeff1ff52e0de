import { z } from 'zod'
import { keyProblem } from '@/components/properties/property-draft'
import { visibilities } from '@/lib/images/image'

const tag = z.string().min(1).max(255)
const property = z
  .string()
  .max(255)
  .refine((name) => keyProblem(name, {}) === undefined)

/** An act on many images, as the browser asks for it and as its results are kept. */
export const actSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('delete') }),
  z.object({ kind: z.literal('addTags'), tags: z.array(tag).min(1).max(128).readonly() }),
  z.object({ kind: z.literal('removeTag'), tag }),
  z.object({ kind: z.literal('setProperty'), name: property, value: z.string().max(65_535) }),
  z.object({ kind: z.literal('removeProperty'), name: property }),
  z.object({ kind: z.literal('setVisibility'), visibility: z.enum(visibilities) }),
  z.object({ kind: z.enum(['setProtected', 'setHidden', 'setActive']), value: z.boolean() }),
])
