import { ImageTasks } from '@/components/tasks/image-tasks'
import { dashboardContext } from '@/lib/session/dashboard-context'
import { listImageTasks } from '@/lib/tasks/tasks'
import { guarded } from '../../../guarded'
import { projectNames } from '../../../projects'
import { taskItems } from '../../../tasks/task-item'
import { type ImageParams, loadImage } from '../load-image'

export default async function ImageTasksPage({ params }: { params: ImageParams }) {
  const ctx = await dashboardContext()
  return guarded(ctx, async () => {
    const image = await loadImage((await params).imageId)
    const tasks = await listImageTasks(ctx, image.id)
    return <ImageTasks tasks={await taskItems(ctx, tasks.toReversed(), await projectNames())} />
  })
}
