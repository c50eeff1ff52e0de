import { ImageLocations } from '@/components/images/image-locations'
import { imageView } from '@/lib/images/view'
import { imagePlaces } from '@/lib/imports/image-places'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { listImageTasks } from '@/lib/tasks/tasks'
import { guarded } from '../../../guarded'
import { projectNames } from '../../../projects'
import { taskItems } from '../../../tasks/task-item'
import { type ImageParams, loadImage } from '../load-image'
import { copyToStores, removeFromStore } from './actions'

export default async function LocationsPage({ params }: { params: ImageParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const image = await loadImage((await params).imageId)
    const [places, tasks] = await Promise.all([imagePlaces(ctx, image), listImageTasks(ctx, image.id)])
    return (
      <ImageLocations
        image={imageView(image)}
        places={places}
        tasks={await taskItems(ctx, tasks.toReversed(), await projectNames())}
        actions={{ copy: copyToStores, remove: removeFromStore }}
      />
    )
  })
}
