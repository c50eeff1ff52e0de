import { route } from '@/lib/http/route'
import { jsonResponse, readJson } from '@/lib/http/wire'
import { linkOf } from '@/lib/images/parse-list-query'
import { createTask } from '@/lib/imports/request-task'
import { enforceTaskAccess, listTasks } from '@/lib/tasks/tasks'
import { wireTask, wireTaskStub } from '@/lib/tasks/wire'

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
  POST: {
    body: 'any',
    run: async (ctx, request) => {
      enforceTaskAccess(ctx)
      const task = await createTask(ctx, await readJson(request))
      return jsonResponse(201, wireTask(task), { location: `${request.origin}/v2/tasks/${task.id}` })
    },
  },
})
