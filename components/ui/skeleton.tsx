import { cx } from './cx'

/** A grey stand-in of the real thing's size. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx('block animate-breathe rounded-sm bg-press', className)} />
}
