export const controlClass =
  'w-full rounded-md border border-control bg-raised text-text transition-colors ' +
  'hovered:border-text/60 focused:border-accent wrong:border-danger off:bg-surface off:text-muted'

export const labelClass = 'font-medium text-sm'
