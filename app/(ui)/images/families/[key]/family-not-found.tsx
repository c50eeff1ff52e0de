import { SearchX } from 'lucide-react'
import { familyTexts } from '@/components/images/family-messages'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'

/** For families of which nothing is left that the reader may see. */
export function FamilyNotFound() {
  return (
    <EmptyState
      headingLevel={1}
      icon={<SearchX aria-hidden />}
      title={familyTexts.notFoundTitle}
      text={familyTexts.notFoundText}
      actions={<LinkButton href="/images/families">{familyTexts.title}</LinkButton>}
    />
  )
}
