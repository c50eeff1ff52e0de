import { SearchX } from 'lucide-react'
import { detailTexts } from '@/components/images/detail-messages'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'

/** For images that do not exist and for those that the reader may not see, in the same words. */
export default function ImageNotFound() {
  return (
    <>
      <title>{detailTexts.notFoundTitle}</title>
      <EmptyState
        headingLevel={1}
        icon={<SearchX aria-hidden />}
        title={detailTexts.notFoundTitle}
        text={detailTexts.notFoundText}
        actions={<LinkButton href="/images">{detailTexts.back}</LinkButton>}
      />
    </>
  )
}
