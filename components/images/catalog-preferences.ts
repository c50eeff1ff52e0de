import { type Density, densities } from '@/components/table/list-spec'
import { defaultImageColumns, defaultPageSize, imageColumns } from './image-list-spec'
import { imageTexts } from './messages'

/** Cookies that hold how a reader likes the catalog; the server reads them before it renders. */
export const catalogCookies = {
  columns: 'glimpse-images-columns',
  density: 'glimpse-density',
  pageSize: 'glimpse-page-size',
} as const

export interface CatalogPreferences {
  readonly columns: readonly string[]
  readonly density: Density
  readonly pageSize: number
}

/** Reads the preferences; whatever a cookie holds that makes no sense is as if it were not there. */
export function readCatalogPreferences(
  cookie: (name: string) => string | undefined,
  pageSizes: readonly number[],
): CatalogPreferences {
  const wanted = (cookie(catalogCookies.columns) ?? '').split(',')
  const columns = imageColumns.filter((column) => wanted.includes(column))
  const pageSize = Number(cookie(catalogCookies.pageSize))
  return {
    columns: columns.includes('name') ? columns : defaultImageColumns,
    density: densities.find((density) => density === cookie(catalogCookies.density)) ?? 'comfortable',
    pageSize: pageSizes.includes(pageSize) ? pageSize : defaultPageSize,
  }
}

export const sortChoices: readonly { readonly value: string; readonly label: string }[] = Object.entries(
  imageTexts.sorts,
).map(([value, label]) => ({ value, label }))
