import { CircleCheck, Info, TriangleAlert } from 'lucide-react'
import { AppLink } from '@/components/ui/link'
import type { ImageView } from '@/lib/images/view'
import { checkTexts } from './checks-messages'
import { type Check, checksOf } from './image-checks'
import { imageHref } from './image-columns'

const icons: Readonly<Record<Check['tone'], React.ReactNode>> = {
  ok: <CircleCheck className="text-ok" aria-hidden />,
  info: <Info className="text-info" aria-hidden />,
  warn: <TriangleAlert className="text-warn" aria-hidden />,
}

/** What the record tells of an image's soundness, in one line; more stands on its page about security. */
export function ImageChecks({ image }: { image: ImageView }) {
  const checks = checksOf(image)
  if (checks.length === 0) return null
  return (
    <section aria-label={checkTexts.label} className="rounded-md bg-surface px-3 py-2">
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {checks.map(({ tone, text }) => (
          <li
            key={text}
            className="inline-flex items-start gap-1.5 wrap-anywhere [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0"
          >
            {icons[tone]}
            {text}
          </li>
        ))}
        <li>
          <AppLink href={`${imageHref(image)}/security`}>{checkTexts.more}</AppLink>
        </li>
      </ul>
    </section>
  )
}
