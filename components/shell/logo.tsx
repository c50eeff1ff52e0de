import { shellTexts } from './messages'

export function Mark({ className = 'size-6' }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path
        d="M5 16c3.2-5.6 6.9-8.4 11-8.4S23.8 10.400 27 16c-3.200 5.600-6.900 8.400-11 8.400S8.200 21.600 5 16Z"
        className="fill-on-accent"
      />
      <circle cx="16" cy="16" r="4.600" className="fill-accent" />
      <circle cx="17.700" cy="14.300" r="1.500" className="fill-on-accent" />
    </svg>
  )
}

export function Logo() {
  return (
    <span className="inline-flex items-center gap-2 font-semibold text-lg tracking-tight">
      <Mark />
      {shellTexts.product}
    </span>
  )
}
