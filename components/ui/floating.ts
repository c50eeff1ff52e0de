/** The look of everything that floats above the page. */
export const floatingClass =
  'rounded-md bg-raised text-text shadow-float transition-[opacity,transform] ' +
  'arriving:opacity-0 arriving:-translate-y-1 leaving:opacity-0'

/** One line of a menu or list. */
export const itemClass =
  'flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 py-1 text-base outline-none ' +
  'focused:bg-hover pressed:bg-press off:text-muted off:opacity-60 [&_svg]:size-4 [&_svg]:shrink-0'
