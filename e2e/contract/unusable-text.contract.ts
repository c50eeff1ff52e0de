import { describe, expect } from 'vitest'
import type { WireResponse } from '../support/http-client'
import { admin, member } from './support/api'
import { expectFault } from './support/fault'
import { createImage, patchImage, showImage } from './support/images'
import { defect, row } from './support/row'

const undecodable =
  'Error decoding your request. Either the URL or the request body contained characters that could not be decoded by Glance'

describe('0.2 NUL characters, which PostgreSQL cannot hold: 400', () => {
  const kept = defect('500 on PostgreSQL; other databases keep it or look for it')
  const refused = (response: WireResponse) => expectFault(response, 400, undecodable)
  const nul = '\u0000'

  for (const [title, path] of [
    ['an id', '/v2/images/a%00b'],
    ['a filter by name', '/v2/images?name=a%00b'],
    ['a filter by property', '/v2/images?os_type=%00'],
    ['the name of a property to filter by', '/v2/images?os%00type=x'],
    ['a tag to filter by', '/v2/images?tag=%00'],
    ['an owner to filter by', '/v2/images?owner=%00&visibility=all'],
    ['a marker', '/v2/images?marker=%00'],
    ["a member's id", '/v2/images/x/members/%00'],
    ["a task's id", '/v2/tasks/%00'],
    ['a sort key', '/v2/images?sort=%00'],
  ] as const)
    row(`0.2 in ${title}`, kept, async () => refused(await admin.get(path)))

  row('0.2 in a tag to add or to remove', kept, async () => {
    const { id } = await createImage()
    refused(await member.put(`/v2/images/${id}/tags/a%00b`))
    refused(await member.delete(`/v2/images/${id}/tags/a%00b`))
  })

  row('0.2 in the path and query of data', kept, async () => {
    refused(await member.get('/v2/images/%00/file'))
    refused(await member.get('/v2/images/x/file?prefer=%00'))
  })

  for (const [title, fields] of [
    ['a name', { name: `a${nul}b` }],
    ['a tag', { tags: ['t', nul] }],
    ["a property's value", { os_type: nul }],
    ["a property's name", { [`os${nul}type`]: 'x' }],
    ['an owner', { owner: nul }],
  ] as const)
    row(`0.2 in ${title} at POST`, kept, async () => refused(await admin.post('/v2/images', { json: fields })))

  row('0.2 in a patch, which changes nothing', kept, async () => {
    const { id, name } = await createImage()
    for (const operation of [
      { op: 'add', path: '/os_type', value: nul },
      { op: 'add', path: `/os${nul}type`, value: 'x' },
      { op: 'replace', path: '/name', value: nul },
      { op: 'replace', path: '/tags', value: [nul] },
    ])
      refused(await patchImage(id, [{ op: 'replace', path: '/min_ram', value: 1 }, operation]))
    expect(await showImage(id)).toMatchObject({ name, min_ram: 0, tags: [] })
  })

  row('0.2 in a member and in an import', kept, async () => {
    const { id } = await createImage()
    refused(await member.post(`/v2/images/${id}/members`, { json: { member: `p${nul}` } }))
    const method = { name: 'web-download', uri: `http://images.example/${nul}` }
    refused(await member.post(`/v2/images/${id}/import`, { json: { method } }))
  })

  row('0.2 text that only looks like one passes', async () => {
    const { id } = await createImage({ os_type: '\\u0000 %00' })
    expect(await showImage(id)).toMatchObject({ os_type: '\\u0000 %00' })
    expect((await member.put(`/v2/images/${id}/tags/%2500`)).status).toBe(204)
  })
})

describe('0.2 JSON that is nested without end', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const answers = defect('500 where its parser gives up, else the refusal of the value')

  for (const depth of [101, 200_000])
    row(`0.2 ${depth} deep: 400`, answers, async () => {
      const body = `{"name": ${nested(depth)}}`
      expectFault(await member.post('/v2/images', { body }), 400, 'Malformed JSON in request body.')
    })

  row('0.2 99 deep is refused for its type: 400', async () => {
    expect((await member.post('/v2/images', { body: `{"name": ${nested(99)}}` })).text).toContain('is not of type')
  })
})
