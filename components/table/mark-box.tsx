import { Check } from 'lucide-react'

export interface MarkBoxProps {
  readonly label: string
  readonly isOn: boolean
  readonly isDisabled: boolean
  /** `isRange` with Shift. */
  readonly onChange: (isOn: boolean, isRange: boolean) => void
}

/** The mark of a row; looks like any checkbox. */
export function MarkBox({ label, isOn, isDisabled, onChange }: MarkBoxProps) {
  return (
    <span className="relative inline-flex size-6 items-center">
      <input
        type="checkbox"
        aria-label={label}
        checked={isOn}
        disabled={isDisabled}
        onChange={({ target, nativeEvent }) =>
          onChange(target.checked, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)
        }
        className="peer absolute inset-y-0 -left-1 size-6 appearance-none rounded-sm"
      />
      <span
        aria-hidden
        className="pointer-events-none grid size-4 place-items-center rounded-sm border border-control bg-raised text-transparent transition-colors peer-checked:border-accent peer-checked:bg-accent peer-checked:text-on-accent peer-hover:border-text peer-disabled:opacity-50"
      >
        <Check className="size-3" strokeWidth={3} />
      </span>
    </span>
  )
}
