'use client'

import { ListFilter, Search, X } from 'lucide-react'
import { type KeyboardEvent, type Ref, useId, useImperativeHandle, useRef, useState } from 'react'
import { cx } from '@/components/ui/cx'
import { floatingClass } from '@/components/ui/floating'
import { uiTexts } from '@/components/ui/messages'
import { describeFilter } from './filter-value'
import type { Filter, FilterDef } from './list-spec'
import { type Suggestion, suggestionsFor } from './suggest'

export interface FilterBarProps {
  readonly label: string
  readonly placeholder: string
  readonly defs: readonly FilterDef[]
  readonly filters: readonly Filter[]
  readonly text: string
  readonly onChange: (filters: readonly Filter[], text: string) => void
  readonly searchLabel: (text: string) => string
  readonly ref?: Ref<FilterBarHandle>
}

export interface FilterBarHandle {
  focus(): void
}

/** Filters as chips and free text in one box. Typing offers what the text may mean; Enter takes the marked one. */
export function FilterBar({ label, placeholder, defs, filters, text, onChange, searchLabel, ref }: FilterBarProps) {
  const input = useRef<HTMLInputElement>(null)
  const listId = useId()
  const [typed, setTyped] = useState('')
  const [isOpen, setOpen] = useState(false)
  const [marked, setMarked] = useState(0)
  useImperativeHandle(ref, () => ({ focus: () => input.current?.focus() }))
  const suggestions = suggestionsFor(typed, defs, filters)
  const current = suggestions[Math.min(marked, suggestions.length - 1)]

  const type = (value: string) => {
    setTyped(value)
    setMarked(0)
    setOpen(true)
  }
  const take = (suggestion: Suggestion) => {
    if (suggestion.kind === 'key') {
      type(`${suggestion.key}:`)
      input.current?.focus()
      return
    }
    setTyped('')
    setMarked(0)
    setOpen(false)
    if (suggestion.kind === 'search') onChange(filters, suggestion.text)
    else onChange(suggestion.filters, text)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const count = suggestions.length
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      setOpen(true)
      setMarked((old) => (isOpen ? (old + (event.key === 'ArrowDown' ? 1 : count - 1)) % Math.max(1, count) : 0))
    } else if (event.key === 'Enter' && current !== undefined && (typed !== '' || isOpen)) {
      take(current)
    } else if (event.key === 'Escape' && (isOpen || typed !== '')) {
      setOpen(false)
      setTyped('')
    } else if (event.key === 'Backspace' && typed === '') {
      if (text !== '') onChange(filters, '')
      else if (filters.length > 0) onChange(filters.slice(0, -1), '')
      return
    } else {
      return
    }
    event.preventDefault()
  }

  return (
    <search className="relative min-w-0 flex-1 max-sm:basis-full">
      <div
        className={cx(
          'flex min-h-9 flex-wrap items-center gap-1 rounded-md border border-control bg-raised py-0.5 pr-1 pl-8 transition-colors md:min-h-8',
          'focus-within:border-accent focus-within:outline-2 focus-within:outline-accent focus-within:outline-offset-2 hover:border-text/60',
        )}
      >
        <Search className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-muted md:top-2" aria-hidden />
        {filters.map((filter) => {
          const shown = describeFilter(
            filter,
            defs.find((def) => def.key === filter.key),
          )
          const without = filters.filter((candidate) => candidate !== filter)
          return <Chip key={`${filter.key}=${filter.value}`} text={shown} onRemove={() => onChange(without, text)} />
        })}
        {text !== '' && <Chip text={`“${text}”`} onRemove={() => onChange(filters, '')} />}
        <input
          ref={input}
          role="combobox"
          aria-label={label}
          aria-expanded={isOpen && suggestions.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          {...(isOpen && current !== undefined && { 'aria-activedescendant': `${listId}-${current.id}` })}
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="search"
          value={typed}
          placeholder={filters.length === 0 && text === '' ? placeholder : ''}
          onChange={(event) => type(event.target.value)}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={onKeyDown}
          className="h-7 min-w-24 flex-1 bg-transparent px-1 outline-none"
        />
        <kbd
          aria-hidden
          className="mr-1 rounded-sm border border-line px-1.5 font-sans text-muted text-xs max-md:hidden"
        >
          /
        </kbd>
      </div>
      <div
        id={listId}
        role="listbox"
        // What scrolls is a tab stop otherwise, one that goes away as soon as it is reached.
        tabIndex={-1}
        aria-label={uiTexts.filter.suggestions}
        className={cx(
          floatingClass,
          'absolute inset-x-0 top-full z-20 mt-1 max-h-80 max-w-xl overflow-y-auto p-1',
          (!isOpen || suggestions.length === 0) && 'hidden',
        )}
      >
        {suggestions.map((suggestion) => (
          <Offer
            key={suggestion.id}
            id={`${listId}-${suggestion.id}`}
            suggestion={suggestion}
            isMarked={suggestion === current}
            searchLabel={searchLabel}
            onTake={() => take(suggestion)}
          />
        ))}
      </div>
    </search>
  )
}

interface OfferProps {
  readonly id: string
  readonly suggestion: Suggestion
  readonly isMarked: boolean
  readonly searchLabel: (text: string) => string
  readonly onTake: () => void
}

function Offer({ id, suggestion, isMarked, searchLabel, onTake }: OfferProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: its keys are handled there as well
    <div
      id={id}
      role="option"
      aria-selected={isMarked}
      // The text box must keep the focus.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onTake}
      className={cx('flex min-h-8 items-center gap-2 rounded-sm px-2 py-1', isMarked ? 'bg-hover' : 'hover:bg-hover')}
    >
      {suggestion.kind === 'search' ? (
        <Search className="size-4 shrink-0 text-muted" aria-hidden />
      ) : (
        <ListFilter className="size-4 shrink-0 text-muted" aria-hidden />
      )}
      {suggestion.kind === 'search' && <span className="truncate">{searchLabel(suggestion.text)}</span>}
      {suggestion.kind === 'filter' && <span className="truncate">{suggestion.label}</span>}
      {suggestion.kind === 'key' && (
        <>
          <span className="shrink-0">{suggestion.key}:</span>
          <span className="truncate text-muted text-sm">{suggestion.hint}</span>
        </>
      )}
    </div>
  )
}

function Chip({ text, onRemove }: { text: string; onRemove: () => void }) {
  return (
    <span className="inline-flex h-6 max-w-full items-center rounded-sm bg-accent-soft pl-2 text-sm">
      <span className="truncate">{text}</span>
      <button
        type="button"
        aria-label={uiTexts.filter.remove(text)}
        onClick={onRemove}
        className="grid size-6 shrink-0 place-items-center rounded-sm text-muted hover:text-text"
      >
        <X className="size-3.5" aria-hidden />
      </button>
    </span>
  )
}
