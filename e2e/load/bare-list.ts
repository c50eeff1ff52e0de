// The yardstick for lists: node:http that runs the very statement of the service's first page and sends its rows as
// JSON. No token, policy, query parsing or routing.
import http from 'node:http'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { completeSort, noFilters } from '@/lib/images/image-query'
import { hydration } from '@/lib/images/image-rows'
import { listStatement } from '@/lib/images/list-sql'

const [folder = '', port = '0', projectId = ''] = process.argv.slice(2)
const database = new Database(join(folder, 'glimpse.db'), { readonly: true })
const query = { filters: noFilters, sort: completeSort([{ column: 'createdAt', direction: 'desc' }]), limit: 25 }
const { sql, params } = listStatement('sqlite', { isAdmin: true, projectId }, query, undefined, hydration.sqlite)
const statement = database.prepare<[Record<string, unknown>], Record<string, unknown>>(sql)
const named = Object.fromEntries(params.map((value, index) => [`p${index + 1}`, value]))

http
  .createServer((_request, response) => {
    const images = statement.all(named).map(({ tags, properties, locations, ...row }) => ({
      ...JSON.parse(String(properties)),
      ...row,
      tags: JSON.parse(String(tags)),
      locations: JSON.parse(String(locations)),
    }))
    const body = JSON.stringify({ images })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
  })
  .listen(Number(port), '127.0.0.1')
