'use client'

import { Download } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { CopyText } from '@/components/ui/copy-text'
import { formatBytes } from '@/components/ui/format'
import { LinkButton } from '@/components/ui/link-button'
import { CodeBlock } from './code-block'
import { detailTexts } from './detail-messages'
import { downloadTexts as texts } from './download-messages'
import { imageHref } from './image-columns'
import { downloadCommand, type SnippetSubject } from './snippets'
import type { ImageItem } from './view'

export interface ImageDownloadProps {
  readonly item: ImageItem
  readonly subject: Pick<SnippetSubject, 'image' | 'imageUrl'>
}

/** The data of an image: how much it is, what it hashes to, and two ways to fetch it; or why there is none. */
export function ImageDownload({ item, subject }: ImageDownloadProps) {
  const { image, can } = item
  const block = blockOf(item)
  const size = image.sizeBytes === null ? '' : formatBytes(image.sizeBytes)
  const hash = image.hashAlgorithm?.toUpperCase().replace(/^SHA/, 'SHA-') ?? ''
  return (
    <section className="flex flex-col gap-2">
      <h2 className="font-semibold">{texts.title}</h2>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        {block === undefined ? (
          <LinkButton href={`/api/ui${imageHref(image)}/file`} download>
            <Download aria-hidden />
            {texts.button(size)}
          </LinkButton>
        ) : (
          <Button isDisabled>
            <Download aria-hidden />
            {texts.button(size)}
          </Button>
        )}
        {block !== undefined && <p className="text-muted text-sm">{block}</p>}
      </div>
      {can.download && image.hashValue !== null && (
        <div className="text-sm">
          <p className="text-muted">{texts.compare}</p>
          <p>
            <span className="text-muted">{hash}</span>{' '}
            <CopyText
              text={image.hashValue}
              shown={`${image.hashValue.slice(0, 16)}…${image.hashValue.slice(-8)}`}
              label={detailTexts.copyOf(hash)}
            />
          </p>
        </div>
      )}
      {block === undefined && (
        <div className="flex flex-col gap-1.5">
          <p className="text-muted text-sm">{texts.resume}</p>
          <CodeBlock code={downloadCommand(subject)} label={texts.command} />
        </div>
      )}
    </section>
  )
}

function blockOf({ image, can }: ImageItem): string | undefined {
  if (!can.download) return texts.denied
  if (image.status === 'deactivated') return texts.deactivated
  return image.status === 'active' ? undefined : texts.noData
}
