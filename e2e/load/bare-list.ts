// The yardstick for lists: node:http that runs the very statements of the service's lists and sends their rows as
// JSON. No token, policy, query parsing or routing. Paths: /first /after/ID /tag/TAG /property/NAME/VALUE
import http from 'node:http'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { completeSort, type ImageFilters, type ImageQuery, noFilters } from '@/lib/images/image-query'
import { hydration } from '@/lib/images/image-rows'
import { type Driver, listStatement, probeStatement, type Statement } from '@/lib/images/list-sql'

type Row = Record<string, unknown>
type Answer = () => Row[]

const DRIVER_ROWS_MAX = 2000
const [folder = '', port = '0', projectId = ''] = process.argv.slice(2)
const database = new Database(join(folder, 'glimpse.db'), { readonly: true })
const prepared = new Map<string, Database.Statement<[Row], Row>>()

/** The statement, ready to run; each text is prepared once. */
function ready({ sql, params }: Statement): Answer {
  const statement = prepared.get(sql) ?? database.prepare<[Row], Row>(sql)
  if (!prepared.has(sql)) prepared.set(sql, statement)
  const named: Row = {}
  params.forEach((value, index) => {
    named[`p${index + 1}`] = value
  })
  return () => statement.all(named)
}

function page(filters: ImageFilters, driver: Driver | undefined, after?: ImageQuery['after']): Answer {
  const sort = completeSort([{ column: 'createdAt', direction: 'desc' }])
  const query = { filters, sort, limit: 25, ...(after !== undefined && { after }) }
  return ready(listStatement('sqlite', { isAdmin: true, projectId }, query, driver, hydration.sqlite))
}

/** As the service does, few enough rows of a tag or property drive the list. */
function narrowed(filters: ImageFilters, kind: Driver['kind']): Answer {
  const driver = { kind, index: 0 }
  const probe = ready(probeStatement('sqlite', filters, driver, DRIVER_ROWS_MAX + 1))
  const [driven, ordered] = [page(filters, driver), page(filters, undefined)]
  return () => (Number(probe()[0]?.count) > DRIVER_ROWS_MAX ? ordered() : driven())
}

function following(id: string): Answer {
  const sql = `SELECT ${hydration.sqlite} FROM "Image" i WHERE i."id" = @p1 AND i."isDeleted" = 0`
  const marker = ready({ sql, params: [id] })
  return () => page(noFilters, undefined, [Date.parse(String(marker()[0]?.createdAt)), id])()
}

function answerOf([, kind, name = '', value = '']: string[]): Answer {
  if (kind === 'after') return following(name)
  if (kind === 'tag') return narrowed({ ...noFilters, tags: [name] }, 'tag')
  if (kind === 'property') return narrowed({ ...noFilters, properties: [{ name, value }] }, 'property')
  return page(noFilters, undefined)
}

const answers = new Map<string, Answer>()

http
  .createServer((request, response) => {
    const path = request.url ?? ''
    const answer = answers.get(path) ?? answerOf(path.split('/'))
    answers.set(path, answer)
    const images = answer()
    for (const image of images) {
      for (const key of ['tags', 'properties', 'locations']) image[key] = JSON.parse(String(image[key]))
    }
    const body = JSON.stringify({ images })
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
  })
  .listen(Number(port), '127.0.0.1')
