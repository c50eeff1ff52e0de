import { SearchX } from 'lucide-react'
import { taskTexts } from '@/components/tasks/task-messages'
import { EmptyState } from '@/components/ui/empty-state'
import { LinkButton } from '@/components/ui/link-button'

/** For tasks that are forgotten and for those of other projects, in the same words. */
export default function TaskNotFound() {
  return (
    <>
      <title>{taskTexts.notFoundTitle}</title>
      <EmptyState
        headingLevel={1}
        icon={<SearchX aria-hidden />}
        title={taskTexts.notFoundTitle}
        text={taskTexts.notFoundText}
        actions={<LinkButton href="/tasks">{taskTexts.back}</LinkButton>}
      />
    </>
  )
}
