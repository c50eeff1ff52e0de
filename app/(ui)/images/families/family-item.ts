import type { FamilyItem, FamilyTitle } from '@/components/images/family-view'
import type { RequestContext } from '@/lib/context/request-context'
import { type Family, type FamilySummary, familyKey } from '@/lib/images/families'
import { imageItem } from '../image-item'

export function familyHref(family: Family): string {
  return `/images/families/${familyKey(family)}`
}

export function familyItem(
  ctx: RequestContext,
  { family, newest, ...sums }: FamilySummary,
  names: ReadonlyMap<string, string>,
): FamilyItem {
  return { href: familyHref(family), ...familyTitle(family, names), newest: imageItem(ctx, newest).image, ...sums }
}

export function familyTitle(family: Family, names: ReadonlyMap<string, string>): FamilyTitle {
  const { kind, ownerId } = family
  return {
    kind,
    title: kind === 'name' ? family.name : family.values.join(' '),
    ownerId,
    ownerName: names.get(ownerId ?? '') ?? null,
  }
}
