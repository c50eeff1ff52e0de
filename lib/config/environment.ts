/** The only reader of `process.env` in lib. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env
}
