'use client'

import { imageHref, imageName } from '@/components/images/image-columns'
import { StatusTag } from '@/components/images/status-tag'
import { useLiveRefresh } from '@/components/live/live-events'
import { Bytes } from '@/components/ui/bytes'
import { AppLink } from '@/components/ui/link'
import { Progress } from '@/components/ui/progress'
import { Time } from '@/components/ui/time'
import type { ImageView } from '@/lib/images/view'
import { usageTexts } from './usage-messages'
import { type UsageView, usageText } from './usage-view'

export interface UsageRoomProps {
  readonly projectName: string
  readonly usage: readonly UsageView[]
  /** null where the rules let the reader list none */
  readonly images: { readonly largest: readonly ImageView[]; readonly unfinished: readonly ImageView[] } | null
}

const nearlyFull = 0.9
const pollMs = 10_000

/** What a project uses of what it may, and what could go. */
export function UsageRoom({ projectName, usage, images }: UsageRoomProps) {
  useLiveRefresh({ isAbout: ({ topic }) => topic === 'image', isMoving: false, pollMs })
  return (
    <div className="flex flex-col gap-8 px-4 pt-4 pb-16 md:px-6">
      <header>
        <h1 className="font-semibold text-xl">{usageTexts.title}</h1>
        <p className="text-muted">{usageTexts.intro(projectName)}</p>
      </header>
      <ul className="grid max-w-5xl gap-x-10 gap-y-6 md:grid-cols-2">
        {usage.map((entry) => (
          <li key={entry.name}>
            <Limit {...entry} />
          </li>
        ))}
      </ul>
      {images !== null && (
        <div className="grid max-w-5xl grid-cols-1 gap-x-10 gap-y-8 lg:grid-cols-2">
          <Images title={usageTexts.largest} help={usageTexts.largestHelp} images={images.largest} shows="size" />
          <Images
            title={usageTexts.unfinished}
            help={usageTexts.unfinishedHelp}
            images={images.unfinished}
            shows="age"
          />
        </div>
      )}
    </div>
  )
}

function Limit({ name, used, limit }: UsageView) {
  const text = usageText(name)
  const share = limit === null ? null : limit === 0 ? 1 : used / limit
  const note =
    limit === null || share === null
      ? undefined
      : share >= 1
        ? usageTexts.full
        : share >= nearlyFull
          ? `${usageTexts.nearlyFull}, ${usageTexts.left(text(limit - used))}`
          : usageTexts.left(text(limit - used))
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <h2 className="font-medium">{usageTexts.names[name]}</h2>
        <p className="tabular-nums">
          {limit === null ? (
            <>
              {text(used)} <span className="text-muted text-sm">{usageTexts.noLimit}</span>
            </>
          ) : (
            usageTexts.of(text(used), text(limit))
          )}
        </p>
      </div>
      {share !== null && (
        <Progress
          label={usageTexts.bar(usageTexts.names[name])}
          value={Math.min(1, share)}
          tone={share >= nearlyFull ? 'danger' : 'accent'}
        />
      )}
      <p className="text-muted text-sm">
        {note !== undefined && (
          <span className={share !== null && share >= nearlyFull ? 'text-danger' : ''}>{note}. </span>
        )}
        {usageTexts.help[name]}
      </p>
    </div>
  )
}

interface ImagesProps {
  readonly title: string
  readonly help: string
  readonly images: readonly ImageView[]
  readonly shows: 'size' | 'age'
}

function Images({ title, help, images, shows }: ImagesProps) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="font-semibold">{title}</h2>
      <p className="pb-2 text-muted text-sm">{help}</p>
      {images.length === 0 ? (
        <p className="text-muted text-sm">{usageTexts.none}</p>
      ) : (
        <ul aria-label={title} className="divide-y divide-line border-line border-y">
          {images.map((image) => (
            <li key={image.id} className="flex min-h-10 items-center justify-between gap-3 py-1">
              <AppLink href={imageHref(image)} plain className="min-w-0 truncate font-medium hovered:underline">
                {imageName(image)}
              </AppLink>
              <span className="flex shrink-0 items-center gap-3 text-sm tabular-nums">
                {shows === 'size' && image.sizeBytes !== null && (
                  <>
                    {image.storeIds.length > 1 && (
                      <span className="text-muted">{usageTexts.times(image.storeIds.length)}</span>
                    )}
                    <Bytes value={image.sizeBytes} />
                  </>
                )}
                {shows === 'age' && (
                  <>
                    <StatusTag status={image.status} />
                    <span className="text-muted">
                      <Time iso={image.createdAt} />
                    </span>
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
