'use client'

import { Database, RefreshCw } from 'lucide-react'
import { CheckboxGroup, Label } from 'react-aria-components'
import { Banner } from '@/components/ui/banner'
import { Button } from '@/components/ui/button'
import { Bytes } from '@/components/ui/bytes'
import { Checkbox } from '@/components/ui/checkbox'
import { cx } from '@/components/ui/cx'
import { FieldNotes } from '@/components/ui/field'
import { labelClass } from '@/components/ui/field-class'
import { formatBytes } from '@/components/ui/format'
import { AppLink } from '@/components/ui/link'
import { Mark } from '@/components/ui/mark'
import { Switch } from '@/components/ui/switch'
import { usageTexts } from '@/components/usage/usage-messages'
import { isSizeLimit, usageText } from '@/components/usage/usage-view'
import type { StoreChoice } from '@/lib/imports/view'
import { FormSection } from './create-fields'
import type { Conversion, Outcome, QuotaLine } from './create-outcome'
import { placeTexts as texts } from './place-messages'
import { StoreName } from './store-name'

/** Where the data of a new image shall go. */
export interface PlaceDraft {
  readonly storeIds: readonly string[]
  /** whether the first store that fails ends it */
  readonly mustSucceed: boolean
}

export interface PlaceFieldsProps {
  readonly choices: readonly StoreChoice[]
  /** Bytes that go straight to their store go to one. */
  readonly mayChooseSeveral: boolean
  readonly place: PlaceDraft
  readonly onChange: (change: Partial<PlaceDraft>) => void
  readonly error: string | undefined
  /** null: it is created without data */
  readonly outcome: Outcome | null
  readonly quota: readonly QuotaLine[]
}

/** The stores, what an import makes of the data on its way there, and the limits that it counts against. */
export function PlaceFields(props: PlaceFieldsProps) {
  const { outcome, quota } = props
  return (
    <FormSection id="place" title={texts.title} {...(outcome === null && { help: texts.later })}>
      {outcome !== null && <StoreField {...props} outcome={outcome} />}
      {outcome !== null && outcome.kind !== 'kept' && <OutcomeNote outcome={outcome} />}
      {quota.length > 0 && <QuotaLines lines={quota} />}
    </FormSection>
  )
}

function StoreField(props: PlaceFieldsProps & { readonly outcome: Outcome }) {
  const { choices, mayChooseSeveral, place, onChange, error, outcome } = props
  const open = choices.filter(({ isReadOnly }) => !isReadOnly)
  if (open.length === 0) return <Banner tone="warn">{texts.noStore}</Banner>
  const choose = (storeIds: readonly string[]) => {
    const added = storeIds.filter((id) => !place.storeIds.includes(id))
    onChange({ storeIds: mayChooseSeveral || added.length === 0 ? storeIds : added })
  }
  return (
    <div className="flex flex-col gap-3">
      <CheckboxGroup
        value={[...place.storeIds]}
        onChange={choose}
        isInvalid={error !== undefined}
        className="flex flex-col gap-1"
      >
        <div className="flex items-baseline justify-between gap-3">
          <Label className={labelClass}>{mayChooseSeveral ? texts.stores : texts.one}</Label>
          {mayChooseSeveral && open.length > 2 && place.storeIds.length < open.length && (
            <Button size="sm" variant="quiet" onPress={() => choose(open.map(({ storeId }) => storeId))}>
              {texts.all}
            </Button>
          )}
        </div>
        <ul className="divide-y divide-line rounded-md border border-line bg-raised">
          {choices.map((choice) => (
            <StoreLine
              key={choice.storeId}
              choice={choice}
              isOnly={choices.length === 1}
              neededBytes={neededBytesOf(outcome)}
            />
          ))}
        </ul>
        <FieldNotes error={error} />
      </CheckboxGroup>
      {place.storeIds.length > 1 && (
        <div>
          <Switch isSelected={place.mustSucceed} onChange={(mustSucceed) => onChange({ mustSucceed })}>
            {texts.mustSucceed}
          </Switch>
          <p className="pl-9 text-muted text-xs">{texts.mustSucceedHelp}</p>
        </div>
      )}
    </div>
  )
}

/** What each store must have room for, as far as that is known. */
function neededBytesOf(outcome: Outcome): number {
  if (outcome.kind === 'kept') return outcome.sizeBytes
  return outcome.kind === 'converted' ? (outcome.dataBytes ?? 0) : 0
}

interface StoreLineProps {
  readonly choice: StoreChoice
  /** There is nothing to choose. */
  readonly isOnly: boolean
  readonly neededBytes: number
}

function StoreLine({ choice, isOnly, neededBytes }: StoreLineProps) {
  const { storeId, description, isDefault, isReadOnly, reason, freeBytes } = choice
  const isTooSmall = freeBytes !== null && freeBytes < neededBytes
  return (
    <li className="flex items-start gap-2.5 px-3 py-2" data-store={storeId}>
      {isOnly ? (
        <Database className="mt-1 size-4 shrink-0 text-muted" aria-hidden />
      ) : (
        <Checkbox value={storeId} isDisabled={isReadOnly} aria-label={storeId} className="mt-px" />
      )}
      <div className="min-w-0 flex-1">
        <StoreName
          {...{ storeId, description }}
          reason={isReadOnly ? reason : null}
          readOnly={isReadOnly ? texts.readOnly : null}
          isMuted={isReadOnly}
        >
          {isDefault && <Mark>{texts.isDefault}</Mark>}
        </StoreName>
      </div>
      {freeBytes !== null && !isReadOnly && (
        <p className={cx('shrink-0 text-sm tabular-nums', isTooSmall ? 'text-warn' : 'text-muted')}>
          {(isTooSmall ? texts.tooSmall : texts.free)(formatBytes(freeBytes))}
        </p>
      )}
    </li>
  )
}

function OutcomeNote({ outcome }: { readonly outcome: Exclude<Outcome, { kind: 'kept' }> }) {
  const title = outcome.kind === 'unpacked' ? texts.unpackedTitle : texts.convertedTitle(outcome.from, outcome.to)
  return (
    <section aria-label={title} className="flex items-start gap-2.5 rounded-md border border-line px-3 py-2.5">
      <RefreshCw className="mt-0.5 size-4 shrink-0 text-info" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {outcome.kind === 'unpacked' ? (
          <p className="text-muted text-sm">
            {texts.unpackedText} {outcome.convertsTo !== null && texts.thenConverted(outcome.convertsTo)}
          </p>
        ) : (
          <ConversionFacts conversion={outcome} />
        )}
      </div>
    </section>
  )
}

function ConversionFacts({ conversion }: { readonly conversion: Conversion }) {
  const { sizeBytes, dataBytes, stagingBytes } = conversion
  return (
    <>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-0.5 py-1 text-sm tabular-nums">
        <dt className="text-muted">{texts.after}</dt>
        <dd>{sizeBytes === null ? texts.afterUnknown : <Bytes value={sizeBytes} />}</dd>
        <dt className="text-muted">{texts.room}</dt>
        <dd>
          {dataBytes === null ? (
            texts.roomUnknown
          ) : (
            <>
              <Bytes value={dataBytes} /> <span className="text-muted">({texts.roomHelp})</span>
            </>
          )}
        </dd>
        <dt className="text-muted">{texts.staging}</dt>
        <dd>
          <Bytes value={stagingBytes} />
        </dd>
      </dl>
      <p className="text-muted text-sm">{texts.notKept}</p>
    </>
  )
}

function QuotaLines({ lines }: { readonly lines: readonly QuotaLine[] }) {
  return (
    <section aria-label={texts.quota} className="flex flex-col gap-2">
      <h3 className={labelClass}>{texts.quota}</h3>
      <ul className="grid gap-x-6 gap-y-3 sm:grid-cols-2">
        {lines.map((line) => (
          <li key={line.name}>
            <QuotaBar {...line} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function QuotaBar({ name, before, after, limit, excess }: QuotaLine) {
  const label = usageTexts.names[name]
  const text = usageText(name)
  const share = (value: number) => `${limit === 0 ? 100 : Math.min(100, (value / limit) * 100)}%`
  return (
    <div className="flex flex-col gap-1 text-sm" data-limit={name}>
      <p className="flex flex-wrap justify-between gap-x-3">
        <span>{label}</span>
        <span className="text-muted tabular-nums">{texts.change(text(before), text(after), text(limit))}</span>
      </p>
      <div className="relative h-1.5 overflow-hidden rounded-full bg-press" aria-hidden>
        <div
          className={cx('absolute inset-y-0 left-0 opacity-50', excess > 0 ? 'bg-danger' : 'bg-accent')}
          style={{ width: share(after) }}
        />
        <div
          className={cx('absolute inset-y-0 left-0', excess > 0 ? 'bg-danger' : 'bg-accent')}
          style={{ width: share(before) }}
        />
      </div>
      {excess > 0 && (
        <p className="text-danger" role="status">
          {isSizeLimit(name) ? texts.over(text(excess)) : texts.overCount(excess)}{' '}
          <AppLink href="/usage">{texts.usage}</AppLink>
        </p>
      )}
    </div>
  )
}
