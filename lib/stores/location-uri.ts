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

/**
 * A location's URL without name and password, as it may be shown. Keys of old S3 locations hold slashes, so that in
 * other schemes than the web's everything before the last `@` of the path goes too.
 */
export function withoutCredentials(url: string): string {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(url) ?? []
  if (scheme === undefined || /^file(system)?$/i.test(scheme)) return url
  const [secretPart = ''] = rest.split(/^https?$/i.test(scheme) ? /[/?#]/ : /[?#]/, 1)
  return `${scheme}://${rest.slice(secretPart.lastIndexOf('@') + 1)}`
}
