'use client'

import { ClipboardPaste, Plus, Search, SlidersHorizontal } from 'lucide-react'
import { type ReactNode, useMemo, useState } from 'react'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { TextInput } from '@/components/ui/field'
import { lazyPart } from '@/components/ui/lazy-part'
import { useNavigation } from '@/components/ui/navigation'
import type { Result } from '@/components/ui/result'
import { useToast } from '@/components/ui/toast'
import type { PropertyDefinition, PropertyGroup } from '@/lib/metadefs/view'
import { AddCustom } from './add-custom'
import { type LoadDefinitions, NoDefinitions } from './no-definitions'
import { OpenGroups } from './open-groups'
import { arrange, type Change, changesOf, missingOf, problemsOf, type Values } from './property-draft'
import { propertyTexts } from './property-messages'
import { PropertyRow } from './property-row'
import type { Conflict } from './review-dialog'

const PasteDialog = lazyPart(async () => (await import('./paste-dialog')).PasteDialog)
const ReviewDialog = lazyPart(async () => (await import('./review-dialog')).ReviewDialog)

export interface PropertyEditorProps {
  readonly imageId: string
  readonly properties: Values
  readonly groups: readonly PropertyGroup[]
  /** set where the reader may read definitions and there are none; null within: somebody else has to load them */
  readonly noDefinitions: { readonly load: LoadDefinitions | null } | null
  readonly canModify: boolean
  /** keys whose values the reader's roles may not change */
  readonly protectedKeys: readonly string[]
  readonly save: (input: {
    readonly imageId: string
    readonly changes: readonly Change[]
  }) => Promise<Result<{ readonly conflicts: readonly Conflict[] }>>
}

/** An image's properties by the definitions that describe them. Nothing is sent before it was shown as what changes. */
export function PropertyEditor(props: PropertyEditorProps) {
  const { imageId, properties, groups, canModify, protectedKeys, save } = props
  const { refresh } = useNavigation()
  const toast = useToast()
  const [base, setBase] = useState(properties)
  const [draft, setDraft] = useState(properties)
  const [search, setSearch] = useState('')
  const [isReviewing, setReviewing] = useState(false)
  const [isPasting, setPasting] = useState(false)

  const changes = useMemo(() => changesOf(base, draft), [base, draft])
  // Others' changes come in as long as nothing is being edited here; then saving looks at them.
  if (changes.length === 0 && base !== properties) {
    setBase(properties)
    setDraft(properties)
  }
  const problems = useMemo(() => problemsOf(groups, base, draft), [groups, base, draft])
  const keys = useMemo(() => new Set([...Object.keys(base), ...Object.keys(draft)]), [base, draft])
  const { groups: shown, others, alsoIn } = useMemo(() => arrange(groups, keys, search), [groups, keys, search])
  const set = (key: string, value: string | null) =>
    setDraft(({ [key]: _former, ...rest }) => (value === null ? rest : { ...rest, [key]: value }))
  const row = (key: string, definition?: PropertyGroup['properties'][number]) => (
    <PropertyRow
      key={key}
      name={key}
      definition={definition}
      alsoIn={alsoIn.get(key) ?? []}
      was={base[key] ?? null}
      value={draft[key] ?? null}
      error={problems.get(key)}
      isLocked={!canModify || protectedKeys.includes(key)}
      isProtected={canModify && protectedKeys.includes(key)}
      onChange={(value) => set(key, value)}
    />
  )
  const isEmpty = keys.size === 0
  const isNothingFound = search !== '' && shown.length === 0 && others.length === 0

  return (
    <div className="flex flex-col gap-6 px-4 pt-5 pb-16 md:px-6">
      <div className="flex max-w-4xl flex-wrap items-end gap-2">
        <div className="relative min-w-56 flex-1">
          <TextInput
            label={propertyTexts.search}
            placeholder={propertyTexts.searchPlaceholder}
            value={search}
            onChange={setSearch}
            autoComplete="off"
          />
          <Search className="pointer-events-none absolute right-2.5 bottom-2 size-4 text-muted" aria-hidden />
        </div>
        {canModify && (
          <Button onPress={() => setPasting(true)}>
            <ClipboardPaste aria-hidden />
            {propertyTexts.paste}
          </Button>
        )}
      </div>
      {props.noDefinitions !== null && <NoDefinitions load={props.noDefinitions.load} />}
      {isEmpty && !canModify && (
        <EmptyState icon={<SlidersHorizontal aria-hidden />} title={propertyTexts.none} text={propertyTexts.noneText} />
      )}
      {isNothingFound && <p className="text-muted">{propertyTexts.noMatch(search)}</p>}
      {shown
        .filter((one) => one.set.length > 0)
        .map((one) => (
          <Section
            key={`${one.group.namespace} ${one.group.object}`}
            title={one.group.title}
            help={one.group.description}
          >
            {one.set.map((definition) => row(definition.key, definition))}
            {canModify &&
              missingOf(one, draft).map((key) => (
                <li key={key} className="flex flex-wrap items-center gap-3 py-2 text-sm">
                  <span className="font-mono">{key}</span>
                  <span className="text-warn">{propertyTexts.invalid.required}</span>
                  <Button size="sm" onPress={() => set(key, '')}>
                    <Plus aria-hidden />
                    {propertyTexts.addKey(key)}
                  </Button>
                </li>
              ))}
          </Section>
        ))}
      {(others.length > 0 || canModify) && !isNothingFound && (
        <Section title={propertyTexts.custom} help={others.length > 0 ? propertyTexts.customHelp : null}>
          {others.map((key) => row(key))}
          {canModify && <AddCustom values={draft} onAdd={(key, value) => set(key, value)} />}
        </Section>
      )}
      {canModify && (
        <OpenGroups
          groups={shown.filter((one) => one.open.length > 0)}
          isSearching={search !== ''}
          onAdd={(definition) => set(definition.key, firstValueOf(definition))}
        />
      )}
      {changes.length > 0 && (
        <div className="pointer-events-none sticky bottom-3 z-20 flex justify-center">
          <section
            aria-label={propertyTexts.changes(changes.length)}
            className="pointer-events-auto flex flex-wrap items-center gap-2 rounded-lg bg-raised py-1.5 pr-1.5 pl-4 shadow-float"
          >
            <p role="status" className="pr-2">
              <span className="font-medium">{propertyTexts.changes(changes.length)}</span>
              {problems.size > 0 && <span className="text-danger"> · {propertyTexts.mend(problems.size)}</span>}
            </p>
            <Button variant="quiet" onPress={() => setDraft(base)}>
              {propertyTexts.discard}
            </Button>
            <Button variant="primary" isDisabled={problems.size > 0} onPress={() => setReviewing(true)}>
              {propertyTexts.review}
            </Button>
          </section>
        </div>
      )}
      <PasteDialog
        isOpen={isPasting}
        onClose={() => setPasting(false)}
        onApply={(values) => setDraft((former) => ({ ...former, ...values }))}
      />
      <ReviewDialog
        isOpen={isReviewing}
        onClose={() => setReviewing(false)}
        changes={changes}
        save={() => save({ imageId, changes })}
        onSaved={() => {
          toast({ kind: 'ok', title: propertyTexts.saved(changes.length) })
          setBase(draft)
          setReviewing(false)
          refresh()
        }}
        onResolved={(conflicts, kept) => {
          // From here on their values are what the image is known to have; yours stay as edits of them.
          const apply = (values: Values, choose: (conflict: Conflict) => string | null): Values => {
            const next: Record<string, string> = { ...values }
            for (const conflict of conflicts) {
              const value = choose(conflict)
              if (value === null) delete next[conflict.name]
              else next[conflict.name] = value
            }
            return next
          }
          setBase((former) => apply(former, ({ theirs }) => theirs))
          setDraft((former) => apply(former, ({ name, theirs }) => (kept.has(name) ? (former[name] ?? null) : theirs)))
        }}
      />
    </div>
  )
}

/** What a property begins with: the usual value, else the first choice there is to be made. */
function firstValueOf({ default: usual, type, choices }: PropertyDefinition): string {
  if (usual !== null) return usual
  if (type === 'boolean') return 'true'
  return type === 'array' ? '' : (choices?.[0] ?? '')
}

interface SectionProps {
  readonly title: string
  readonly help: string | null
  readonly children: ReactNode
}

function Section({ title, help, children }: SectionProps) {
  return (
    <section className="max-w-4xl">
      <h2 className="font-semibold">{title}</h2>
      {help !== null && <p className="max-w-prose pb-1.5 text-muted text-sm">{help}</p>}
      <ul aria-label={title} className="divide-y divide-line border-line border-y">
        {children}
      </ul>
    </section>
  )
}
