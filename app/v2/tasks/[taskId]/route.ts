import { apiError } from '@/lib/errors/api-error'
import { route } from '@/lib/http/route'
import { jsonResponse } from '@/lib/http/wire'
import { enforceTaskAccess, getTask } from '@/lib/tasks/tasks'
import { wireTask } from '@/lib/tasks/wire'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: { run: async (ctx, request) => jsonResponse(200, wireTask(await getTask(ctx, request.params.taskId ?? ''))) },
  DELETE: {
    body: 'any',
    run: (ctx) => {
      enforceTaskAccess(ctx)
      throw apiError('method_not_allowed', {
        public:
          'This operation is currently not permitted on Glance Tasks. They are auto deleted after reaching the time based on their expires_at property.',
        headers: { allow: 'GET' },
      })
    },
  },
})
