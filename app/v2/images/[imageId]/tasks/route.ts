import { apiError } from '@/lib/errors/api-error'
import { type Operation, route } from '@/lib/http/route'
import { jsonResponse } from '@/lib/http/wire'
import { listImageTasks } from '@/lib/tasks/tasks'
import { wireImageTask } from '@/lib/tasks/wire'

// Glance has no other method here and says so with 404 instead of 405.
const absent: Operation = {
  body: 'any',
  run: () => {
    throw apiError('not_found')
  },
}

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: {
    run: async (ctx, request) => {
      const tasks = await listImageTasks(ctx, request.params.imageId ?? '')
      return jsonResponse(200, { tasks: tasks.map(wireImageTask) })
    },
  },
  HEAD: absent,
  POST: absent,
  PUT: absent,
  PATCH: absent,
  DELETE: absent,
})
