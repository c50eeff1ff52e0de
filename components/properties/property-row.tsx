'use client'

import { Lock, RotateCcw, X } from 'lucide-react'
import { cx } from '@/components/ui/cx'
import { IconButton } from '@/components/ui/icon-button'
import type { PropertyDefinition } from '@/lib/metadefs/view'
import { PropertyInput } from './property-input'
import { propertyTexts } from './property-messages'

export interface PropertyRowProps {
  readonly name: string
  readonly definition: PropertyDefinition | undefined
  readonly alsoIn: readonly string[]
  readonly was: string | null
  /** null: to be removed */
  readonly value: string | null
  readonly error: string | undefined
  /** The reader may only look. */
  readonly isLocked: boolean
  readonly isProtected: boolean
  readonly onChange: (value: string | null) => void
}

/** One property: what it is at the left, its value in the control that fits it. */
export function PropertyRow(props: PropertyRowProps) {
  const { name, definition, alsoIn, was, value, error, isLocked, isProtected, onChange } = props
  const isChanged = was !== value
  const isReadOnly = isLocked || definition?.isReadOnly === true
  return (
    <li
      className={cx(
        'grid gap-x-6 gap-y-1.5 py-2.5 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]',
        isChanged && 'shadow-[inset_3px_0_0_var(--color-accent)] pl-3',
      )}
    >
      <div className="min-w-0">
        {definition !== undefined && <p className="font-medium wrap-anywhere">{definition.title}</p>}
        <p className={cx('font-mono text-sm wrap-anywhere', definition !== undefined && 'text-muted')}>{name}</p>
        {definition?.description != null && <p className="max-w-prose text-muted text-sm">{definition.description}</p>}
        {alsoIn.length > 0 && <p className="text-muted text-xs">{propertyTexts.alsoDefined(alsoIn.join(', '))}</p>}
      </div>
      <div className="flex min-w-0 items-center gap-1">
        <div className="min-w-0 flex-1 self-center">
          {value === null ? (
            <del className="font-mono text-muted text-sm wrap-anywhere">{was}</del>
          ) : isReadOnly ? (
            <p className="whitespace-pre-wrap font-mono text-sm wrap-anywhere">{value}</p>
          ) : (
            <PropertyInput label={name} definition={definition} value={value} error={error} onChange={onChange} />
          )}
          {(isProtected || (definition?.isReadOnly === true && !isLocked)) && (
            <p className="flex items-center gap-1 text-muted text-xs">
              <Lock className="size-3" aria-hidden />
              {isProtected ? propertyTexts.protected : propertyTexts.readOnly}
            </p>
          )}
          {isChanged && was !== null && value !== null && (
            <p className="text-muted text-xs wrap-anywhere">
              <del className="font-mono">{was}</del>
            </p>
          )}
        </div>
        {!isReadOnly && isChanged && (
          <IconButton label={propertyTexts.undo(name)} className="text-muted" onPress={() => onChange(was)}>
            <RotateCcw aria-hidden />
          </IconButton>
        )}
        {!isReadOnly && value !== null && !(isChanged && was === null) && (
          <IconButton label={propertyTexts.remove(name)} className="text-muted" onPress={() => onChange(null)}>
            <X aria-hidden />
          </IconButton>
        )}
      </div>
    </li>
  )
}
