import { Compass } from 'lucide-react'
import { EmptyState } from '@/components/ui/empty-state'
import { appTexts } from './messages'

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <title>{appTexts.notFound.title}</title>
      <EmptyState
        headingLevel={1}
        icon={<Compass aria-hidden />}
        title={appTexts.notFound.title}
        text={appTexts.notFound.text}
        actions={
          <a href="/images" className="text-accent underline-offset-2 hover:underline">
            {appTexts.notFound.back}
          </a>
        }
      />
    </main>
  )
}
