import { cx } from './cx'

export type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger' | 'danger-quiet'
export type ButtonSize = 'md' | 'sm'

const variants: Readonly<Record<ButtonVariant, string>> = {
  primary: 'bg-accent text-on-accent hovered:bg-accent-strong pressed:bg-accent-strong',
  secondary: 'border border-control/60 bg-raised text-text hovered:bg-hover pressed:bg-press',
  quiet: 'text-text hovered:bg-hover pressed:bg-press',
  danger: 'bg-danger text-on-danger hovered:bg-danger-strong pressed:bg-danger-strong',
  'danger-quiet': 'text-danger hovered:bg-danger-soft pressed:bg-danger-soft',
}

const sizes: Readonly<Record<ButtonSize, string>> = {
  md: 'h-9 px-3 text-base md:h-8',
  sm: 'h-8 px-2.5 text-sm md:h-7',
}

/** The look of a button, also for links that act like one. */
export function buttonClass(variant: ButtonVariant = 'secondary', size: ButtonSize = 'md', extra?: string): string {
  return cx(
    'inline-flex shrink-0 cursor-default select-none items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors',
    'off:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
    sizes[size],
    variants[variant],
    extra,
  )
}
