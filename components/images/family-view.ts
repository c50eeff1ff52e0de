import type { ImageView } from '@/lib/images/view'

/** What families are made by; the server reads addresses with it too. */
export const familyWays = ['name', 'os'] as const
export type FamilyWay = (typeof familyWays)[number]

/** Whose images are grouped. */
export const familyScopes = ['mine', 'all'] as const
export type FamilyScope = (typeof familyScopes)[number]

export interface FamilyTitle {
  readonly kind: FamilyWay
  readonly title: string
  /** null: of several projects */
  readonly ownerId: string | null
  readonly ownerName: string | null
}

export interface FamilyItem extends FamilyTitle {
  readonly href: string
  readonly newest: ImageView
  readonly count: number
  readonly hiddenCount: number
  readonly sizeBytes: number
}
