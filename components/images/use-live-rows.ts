'use client'

import { useLayoutEffect, useRef, useState } from 'react'
import { useLive, useLiveRefresh } from '@/components/live/live-events'
import { useSession } from '@/components/session/session-provider'
import { useNavigation } from '@/components/ui/navigation'
import { isMoving } from './image-state'
import type { CatalogAnswer, CatalogPage, CatalogQuestion, ImageItem } from './view'

const pollMs = 4000

export interface LiveRowsOptions {
  readonly page: CatalogPage
  /** The whole address of the list: another one is another page. */
  readonly address: string
  /** The query of what matches. */
  readonly search: string
  /** The image beside the list, which need not be on the page. */
  readonly peeked: ImageItem | null
}

interface Answered extends CatalogAnswer {
  readonly of: CatalogPage
  readonly asked: ReadonlySet<string>
}

/**
 * The page that the reader looks at. Its rows are read again where they stand when something happens, and those that are
 * gone keep their place: no row may move under the pointer because of what others do. What is new is counted.
 */
export function useLiveRows({ page, address, search, peeked }: LiveRowsOptions) {
  const shown = useShownPage(page, address)
  const [answered, setAnswered] = useState<Answered | null>(null)
  const answer = answered?.of === shown ? answered : null
  const now = new Map(answer?.items.map((item) => [item.image.id, item]))
  const current = (item: ImageItem): ImageItem => {
    if (!answer?.asked.has(item.image.id)) return item
    const found = now.get(item.image.id)
    if (found === undefined) return { ...item, isGone: true }
    // The page knows how projects are called.
    return found.image.ownerId === item.image.ownerId ? { ...found, ownerName: item.ownerName ?? null } : found
  }
  const items = shown.items.map(current)

  const turns = useRef(0)
  const { check } = useSession()
  const read = async () => {
    const turn = ++turns.current
    const asked = new Set(shown.items.map(({ image }) => image.id))
    if (peeked !== null) asked.add(peeked.image.id)
    const found = await ask({ search, imageIds: [...asked], ...shown.start })
    if (found === 'over') void check()
    else if (found !== null && turn === turns.current) setAnswered({ ...found, of: shown, asked })
  }
  useLiveRefresh({
    isAbout: ({ topic }) => topic === 'image',
    isMoving: items.some(({ image, isGone }) => !isGone && isMoving(image)),
    pollMs,
    read: () => void read(),
  })
  return { shown, items, peeked: peeked && current(peeked), newCount: answer?.newCount ?? 0 }
}

/**
 * What the server made when the reader asked for this list, or did something. What it makes because of others, or for a
 * look at an image beside the list, does not replace it.
 */
function useShownPage(page: CatalogPage, address: string): CatalogPage {
  const { isPending, search } = useNavigation()
  const { isReading } = useLive()
  const peek = new URLSearchParams(search).get('peek')
  const before = useRef({ isPending, isReading })
  useLayoutEffect(() => {
    before.current = { isPending, isReading }
  })
  const [state, setState] = useState({ latest: page, shown: page, address, peek })
  if (page === state.latest && address === state.address && peek === state.peek) return state.shown
  // A transition says that it is over in the very rendering that brings what it waited for.
  const isByOthers = before.current.isReading && !before.current.isPending
  const isSameList = address === state.address && (isByOthers || peek !== state.peek)
  const shown = isSameList ? state.shown : page
  setState({ latest: page, shown, address, peek })
  return shown
}

async function ask(question: CatalogQuestion): Promise<CatalogAnswer | 'over' | null> {
  try {
    const response = await fetch('/api/ui/images/rows', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
    })
    if (response.status === 401) return 'over'
    return response.ok ? await response.json() : null
  } catch {
    // No connection: what is shown stays, and the next event asks again.
    return null
  }
}
