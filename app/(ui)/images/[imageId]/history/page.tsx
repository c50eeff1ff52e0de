import { ImageHistory } from '@/components/images/image-history'
import { allowed } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { imageHistory, mayReadHistory } from '@/lib/session/image-history'
import { guarded } from '../../../guarded'
import { type SearchParams, searchParamsOf } from '../../../search-params'
import { imageActions } from '../../actions'
import { type ImageParams, loadImage } from '../load-image'
import { historyEntry } from './history-entry'

const PAGE_SIZE = 50

export default async function HistoryPage({
  params,
  searchParams,
}: {
  params: ImageParams
  searchParams: SearchParams
}) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const image = await loadImage((await params).imageId)
    if (!mayReadHistory(ctx, image))
      return <ImageHistory imageId={image.id} entries={null} next={null} patch={imageActions.patch} />
    const before = Number(searchParamsOf(await searchParams).get('before') ?? Number.NaN)
    const { records, next } = await imageHistory(ctx, image, {
      limit: PAGE_SIZE,
      ...(Number.isSafeInteger(before) && before > 0 && { beforeId: before }),
    })
    const canModify = allowed(ctx, 'modify_image', imageTarget(image))
    const asked = { current: image, readerId: ctx.principal.userId, canModify }
    return (
      <ImageHistory
        imageId={image.id}
        entries={records.map((record) => historyEntry(record, asked))}
        next={next}
        patch={imageActions.patch}
      />
    )
  })
}
