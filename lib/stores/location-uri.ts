/**
 * A file's location URL as Glance writes it: the path follows as it is, without percent-escapes.
 * Source: stores.md section 3.
 */
export function fileUrl(path: string): string {
  return `file://${path}`
}

/** The absolute path in a `file://` or `filesystem://` URL, or undefined when the URL is of another kind. */
export function filePathOf(url: string): string | undefined {
  const path = /^(?:file|filesystem):\/\/(\/.*)$/s.exec(url)?.[1]
  return path
}
