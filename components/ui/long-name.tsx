import { Fragment } from 'react'

/** A name made of parts, which breaks between them before it breaks within one. */
export function LongName({ name }: { name: string }) {
  return name.split(/(?<=[_:.-])(?=[^_:.-])/).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other identity, and change together
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ))
}
