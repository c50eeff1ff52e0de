import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import { readCatalogPreferences } from '@/components/images/catalog-preferences'
import { ImageCatalog } from '@/components/images/image-catalog'
import { imageTexts } from '@/components/images/messages'
import { parseListSearch } from '@/components/table/list-url'
import { listSavedViews, mayShareViews } from '@/lib/images/saved-views'
import { allowed } from '@/lib/policy/enforce'
import { ownNewImageTarget } from '@/lib/policy/targets'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { guarded } from '../guarded'
import { type SearchParams, searchParamsOf } from '../search-params'
import { imageActions } from './actions'
import { catalogSpec, countViews, loadCatalog, loadPeeked } from './load-catalog'
import { removeViewAction, saveViewAction } from './view-actions'

export function generateMetadata(): Metadata {
  return { title: imageTexts.images }
}

export default async function ImagesPage({ searchParams }: { searchParams: SearchParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const spec = catalogSpec(ctx)
    const { state, dropped } = parseListSearch(searchParamsOf(await searchParams), spec)
    const jar = await cookies()
    const preferred = readCatalogPreferences((name) => jar.get(name)?.value, spec.pageSizes)
    const page = await loadCatalog(ctx, state, state.pageSize ?? preferred.pageSize)
    const peeked = state.peek === null ? null : await loadPeeked(ctx, page.items, state.peek)
    const isPeekLost = state.peek !== null && peeked === null
    return (
      <ImageCatalog
        page={page}
        spec={spec}
        state={{ ...state, ...(page.isCursorLost && { after: null, before: null }), ...(isPeekLost && { peek: null }) }}
        preferred={preferred}
        dropped={[
          ...dropped,
          ...(page.isCursorLost ? [`after=${state.after ?? state.before}`] : []),
          ...(isPeekLost ? [`peek=${state.peek}`] : []),
        ]}
        counts={countViews(ctx, spec.views)}
        canCreate={allowed(ctx, 'add_image', ownNewImageTarget(ctx))}
        actions={imageActions}
        saved={{
          views: await listSavedViews(ctx),
          canShare: mayShareViews(ctx),
          actions: { save: saveViewAction, remove: removeViewAction },
        }}
        peeked={peeked}
      />
    )
  })
}
