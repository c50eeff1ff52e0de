import { detailTexts } from '@/components/images/detail-messages'
import { Skeleton } from '@/components/ui/skeleton'

export default function ImageLoading() {
  return (
    <div role="status" className="grid gap-x-10 gap-y-7 px-4 pt-5 md:px-6 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <span className="sr-only">{detailTexts.loading}</span>
      <Block rows={8} />
      <Block rows={5} />
    </div>
  )
}

function Block({ rows }: { rows: number }) {
  return (
    <div className="flex flex-col">
      <Skeleton className="mb-2.5 h-4 w-24" />
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows of a skeleton have nothing else
        <div key={row} className="flex h-9 items-center gap-3 border-line border-t">
          <Skeleton className="h-3 w-24" />
          <Skeleton className="h-3 w-48" />
        </div>
      ))}
    </div>
  )
}
