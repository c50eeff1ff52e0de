import { route } from '@/lib/http/route'
import { emptyResponse, jsonResponse, readJson } from '@/lib/http/wire'
import { listLocations } from '@/lib/images/list-locations'
import { wireLocation } from '@/lib/images/wire'
import { requestLocation } from '@/lib/imports/location-request'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route({
  GET: {
    run: async (ctx, request) => {
      const locations = await listLocations(ctx, request.params.imageId ?? '')
      return jsonResponse(200, locations.map(wireLocation))
    },
  },
  POST: {
    body: 'any',
    run: async (ctx, request) => {
      await requestLocation(ctx, request.params.imageId ?? '', await readJson(request))
      return emptyResponse(202)
    },
  },
})
