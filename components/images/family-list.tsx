'use client'

import { GitCommitVertical } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useLiveRefresh } from '@/components/live/live-events'
import { Pager } from '@/components/table/pager'
import { Breadcrumb } from '@/components/ui/breadcrumb'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/empty-state'
import { TextInput } from '@/components/ui/field'
import { formatBytes } from '@/components/ui/format'
import { AppLink } from '@/components/ui/link'
import { LinkButton } from '@/components/ui/link-button'
import { useNavigation } from '@/components/ui/navigation'
import { RouteTabs } from '@/components/ui/route-tabs'
import { Time } from '@/components/ui/time'
import { familyTexts as texts } from './family-messages'
import { type FamilyItem, type FamilyScope, type FamilyWay, familyScopes } from './family-view'
import { imageTexts } from './messages'
import { StatusTag } from './status-tag'

export interface FamilyListProps {
  readonly way: FamilyWay
  readonly scope: FamilyScope
  readonly text: string
  /** those that may be asked for */
  readonly ways: readonly FamilyWay[]
  readonly families: readonly FamilyItem[]
  readonly next: string | null
  readonly isFirst: boolean
}

export function familiesHref(way: FamilyWay, scope: FamilyScope, text: string, after?: string): string {
  const search = new URLSearchParams({
    ...(way !== 'name' && { by: way }),
    ...(scope !== 'mine' && { view: scope }),
    ...(text !== '' && { q: text }),
    ...(after !== undefined && { after }),
  }).toString()
  return `/images/families${search === '' ? '' : `?${search}`}`
}

const pollMs = 10_000

/** Images that are versions of one another, those with the newest version first. */
export function FamilyList({ way, scope, text, ways, families, next, isFirst }: FamilyListProps) {
  const { navigate } = useNavigation()
  useLiveRefresh({ isAbout: ({ topic }) => topic === 'image', isMoving: false, pollMs })
  return (
    <div className="flex flex-1 flex-col px-4 pt-4 md:px-6">
      <Breadcrumb crumbs={[{ label: imageTexts.images, href: '/images' }, { label: texts.title }]} />
      <h1 className="pt-1 font-semibold text-xl">{texts.title}</h1>
      <p className="pb-2 text-muted">{texts.intro}</p>
      <RouteTabs
        label={texts.scopes}
        current={scope}
        tabs={familyScopes.map((id) => ({ id, label: texts.scope[id], href: familiesHref(way, id, text) }))}
      />
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-3">
        {ways.length > 1 && (
          <nav aria-label={texts.ways} className="flex gap-0.5 rounded-md bg-press p-0.5">
            {ways.map((id) => (
              <AppLink
                key={id}
                href={familiesHref(id, scope, text)}
                plain
                {...(id === way && { 'aria-current': 'page' as const })}
                className={`rounded-sm px-3 py-1 transition-colors ${id === way ? 'bg-raised font-medium' : 'text-muted hovered:text-text'}`}
              >
                {texts.way[id]}
              </AppLink>
            ))}
          </nav>
        )}
        <SearchForm key={text} text={text} onSearch={(wanted) => navigate(familiesHref(way, scope, wanted))} />
      </div>
      {families.length === 0 ? (
        <Empty way={way} scope={scope} text={text} />
      ) : (
        <ul
          aria-label={texts.list(texts.way[way], texts.scope[scope])}
          className="divide-y divide-line border-line border-y"
        >
          {families.map((family) => (
            <FamilyRow key={family.href} family={family} />
          ))}
        </ul>
      )}
      <div className="flex-1" />
      {(next !== null || !isFirst) && (
        <Pager
          onPrevious={isFirst ? null : () => navigate(familiesHref(way, scope, text))}
          onNext={next === null ? null : () => navigate(familiesHref(way, scope, text, next))}
        />
      )}
    </div>
  )
}

function SearchForm({ text, onSearch }: { text: string; onSearch: (text: string) => void }) {
  const [draft, setDraft] = useState(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSearch(draft.trim())
  }
  return (
    <search>
      <form onSubmit={submit} className="flex items-end gap-1.5">
        <TextInput
          label={texts.search}
          hideLabel
          placeholder={texts.search}
          value={draft}
          onChange={setDraft}
          autoComplete="off"
          className="w-56 max-w-full"
        />
        <Button type="submit">{texts.searchButton}</Button>
      </form>
    </search>
  )
}

function Empty({ way, scope, text }: { way: FamilyWay; scope: FamilyScope; text: string }) {
  if (text !== '') {
    return (
      <EmptyState
        icon={<GitCommitVertical aria-hidden />}
        title={texts.noMatch(text)}
        text={texts.intro}
        actions={<LinkButton href={familiesHref(way, scope, '')}>{texts.clear}</LinkButton>}
      />
    )
  }
  return (
    <EmptyState
      icon={<GitCommitVertical aria-hidden />}
      title={texts.empty}
      text={way === 'name' ? texts.emptyText : texts.emptyOs}
      actions={<LinkButton href="/images">{texts.toCatalog}</LinkButton>}
    />
  )
}

function FamilyRow({ family }: { family: FamilyItem }) {
  const { href, title, count, hiddenCount, sizeBytes, newest, ownerName, ownerId } = family
  return (
    <li className="grid items-center gap-x-6 gap-y-1 py-2.5 md:grid-cols-[minmax(0,1fr)_17rem_15rem]">
      <p className="min-w-0">
        <AppLink href={href} plain className="font-medium wrap-anywhere hovered:underline">
          {title}
        </AppLink>
        {ownerId !== null && (
          <span className="text-muted text-sm wrap-anywhere">
            {' '}
            {texts.of} {ownerName ?? <span className="font-mono">{ownerId.slice(0, 12)}</span>}
          </span>
        )}
      </p>
      <p className="text-sm tabular-nums">
        {texts.count(count)}
        <span className="text-muted">
          {hiddenCount > 0 && ` · ${texts.hidden(hiddenCount)}`}
          {sizeBytes > 0 && ` · ${texts.inAll(formatBytes(sizeBytes))}`}
        </span>
      </p>
      <p className="flex flex-wrap items-center gap-x-3 text-muted text-sm">
        <StatusTag status={newest.status} />
        <span>
          {texts.newest} <Time iso={newest.createdAt} />
        </span>
      </p>
    </li>
  )
}
