'use client'

import { ChevronRight, Plus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import type { ShownGroup } from './property-draft'
import { propertyTexts } from './property-messages'

export interface OpenGroupsProps {
  readonly groups: readonly ShownGroup[]
  /** A search opens what it found in. */
  readonly isSearching: boolean
  readonly onAdd: (definition: ShownGroup['open'][number]) => void
}

/** What the definitions offer and the image does not have yet. */
export function OpenGroups({ groups, isSearching, onAdd }: OpenGroupsProps) {
  if (groups.length === 0) return null
  return (
    <section className="max-w-4xl">
      <h2 className="font-semibold">{propertyTexts.definitions}</h2>
      <p className="pb-1.5 text-muted text-sm">{propertyTexts.definitionsHelp}</p>
      <div className="divide-y divide-line border-line border-y">
        {groups.map(({ group, open, set }) => (
          <details
            key={`${group.namespace} ${group.object} ${isSearching}`}
            {...(isSearching && { open: true })}
            className="group/open"
          >
            <summary className="flex min-h-10 cursor-default list-none items-center gap-2 rounded-sm py-1.5 [&::-webkit-details-marker]:hidden">
              <ChevronRight
                className="size-4 shrink-0 text-muted transition-transform group-open/open:rotate-90"
                aria-hidden
              />
              <span className="min-w-0 flex-1 font-medium wrap-anywhere">{group.title}</span>
              <span className="text-muted text-sm tabular-nums">
                {propertyTexts.count(set.length, set.length + open.length)}
              </span>
            </summary>
            {group.description !== null && (
              <p className="max-w-prose pb-1 pl-6 text-muted text-sm">{group.description}</p>
            )}
            <ul aria-label={group.title} className="divide-y divide-line pb-1 pl-6">
              {open
                .filter(({ isReadOnly }) => !isReadOnly)
                .map((definition) => (
                  <li key={definition.key} className="flex items-start justify-between gap-3 py-2">
                    <div className="min-w-0">
                      <p className="wrap-anywhere">
                        {definition.title} <span className="font-mono text-muted text-sm">{definition.key}</span>
                      </p>
                      {definition.description !== null && (
                        <p className="max-w-prose text-muted text-sm">{definition.description}</p>
                      )}
                      {definition.default !== null && definition.default !== '' && (
                        <p className="text-muted text-xs">{propertyTexts.default(definition.default)}</p>
                      )}
                    </div>
                    <Button
                      size="sm"
                      aria-label={propertyTexts.addKey(definition.key)}
                      onPress={() => onAdd(definition)}
                    >
                      <Plus aria-hidden />
                      {propertyTexts.add}
                    </Button>
                  </li>
                ))}
            </ul>
          </details>
        ))}
      </div>
    </section>
  )
}
