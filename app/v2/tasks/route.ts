import { route } from '@/lib/http/route'
import { jsonResponse } from '@/lib/http/wire'
import { linkOf } from '@/lib/images/parse-list-query'
import { listTasks } from '@/lib/tasks/tasks'
import { wireTaskStub } from '@/lib/tasks/wire'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: {
    run: async (ctx, request) => {
      const parameters = new URLSearchParams(request.query)
      const { tasks, isFull } = await listTasks(ctx, parameters)
      const last = tasks.at(-1)
      return jsonResponse(200, {
        tasks: tasks.map(wireTaskStub),
        first: linkOf('/v2/tasks', parameters),
        schema: '/v2/schemas/tasks',
        ...(isFull && last !== undefined && { next: linkOf('/v2/tasks', parameters, last.id) }),
      })
    },
  },
})
