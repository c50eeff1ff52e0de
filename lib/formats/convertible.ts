import type { Inspection } from './inspector'

/** What a conversion reads; the service and the browser that foretells it go by the same list. */
export const readableFormats = ['raw', 'qcow2', 'vmdk', 'vdi', 'vhd', 'vhdx'] as const
export type ReadableFormat = (typeof readableFormats)[number]

/** What data counts as to a conversion: a disk with a boot sector is raw. */
export function contentFormat({ format }: Pick<Inspection, 'format'>): Exclude<Inspection['format'], 'gpt'> {
  return format === 'gpt' ? 'raw' : format
}

/** The format in which an image is read; undefined where it cannot be, or is something else than it claims. */
export function readableAs(inspection: Pick<Inspection, 'format'>, claimed: string): ReadableFormat | undefined {
  const found = contentFormat(inspection)
  return readableFormats.find((name) => name === found && name === claimed)
}
