import type { ImageView } from '@/lib/images/view'

type Value = string | number | boolean | null | readonly string[]

export interface ExportField {
  /** the attribute's name in the Image API */
  readonly name: string
  readonly of: (image: ImageView) => Value
}

const property = (name: string): ExportField => ({ name, of: ({ properties }) => properties[name] ?? null })

/** What each column of the catalog holds, in bytes, GiB, MiB and ISO 8601 instead of words for people. */
const fieldsOfColumns: Readonly<Record<string, readonly ExportField[]>> = {
  name: [{ name: 'name', of: ({ name }) => name }],
  status: [{ name: 'status', of: ({ status }) => status }],
  visibility: [{ name: 'visibility', of: ({ visibility }) => visibility }],
  format: [
    { name: 'disk_format', of: ({ diskFormat }) => diskFormat },
    { name: 'container_format', of: ({ containerFormat }) => containerFormat },
  ],
  size: [
    { name: 'size', of: ({ sizeBytes }) => sizeBytes },
    { name: 'virtual_size', of: ({ virtualSizeBytes }) => virtualSizeBytes },
  ],
  os: [property('os_distro'), property('os_version'), property('architecture')],
  tags: [{ name: 'tags', of: ({ tags }) => tags }],
  updated: [{ name: 'updated_at', of: ({ updatedAt }) => updatedAt }],
  created: [{ name: 'created_at', of: ({ createdAt }) => createdAt }],
  minimum: [
    { name: 'min_disk', of: ({ minDiskGib }) => minDiskGib },
    { name: 'min_ram', of: ({ minRamMib }) => minRamMib },
  ],
  protected: [{ name: 'protected', of: ({ isProtected }) => isProtected }],
  hash: [
    { name: 'os_hash_algo', of: ({ hashAlgorithm }) => hashAlgorithm },
    { name: 'os_hash_value', of: ({ hashValue }) => hashValue },
  ],
  stores: [{ name: 'stores', of: ({ storeIds }) => storeIds }],
  owner: [{ name: 'owner', of: ({ ownerId }) => ownerId }],
}

/** The fields of an export that shows these columns: the id first, whatever is shown. */
export function exportFields(columns: readonly string[]): readonly ExportField[] {
  return [{ name: 'id', of: ({ id }) => id }, ...columns.flatMap((column) => fieldsOfColumns[column] ?? [])]
}

/**
 * One line of CSV (RFC 4180) with its line end. A text that a spreadsheet would run as a formula gets an apostrophe in
 * front, also where a sign stands behind blanks or in its full-width form; numbers keep their sign.
 * Source: OWASP, CSV Injection.
 */
export function csvLine(values: readonly Value[]): string {
  return `${values.map(csvCell).join(',')}\r\n`
}

const formula = /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u

function csvCell(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : value.join(', ')
  const inert = formula.test(text) ? `'${text}` : text
  // Where lists are written with semicolons, spreadsheets part lines there.
  return /[",;\r\n\t]|^\s|\s$/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

/** One image as an object of an exported list. */
export function exportObject(fields: readonly ExportField[], image: ImageView): Readonly<Record<string, Value>> {
  return Object.fromEntries(fields.map(({ name, of }) => [name, of(image)]))
}
