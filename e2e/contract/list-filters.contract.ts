import { beforeAll, describe, expect } from 'vitest'
import { member } from './support/api'
import { expectFault, expectFaultWith } from './support/fault'
import { activeImage, createImage, type Image, listImages, unique } from './support/images'
import { defect, row, setting } from './support/row'

const tag = unique('filters')
let plain: Image
let data: Image

const names = async (query: string) =>
  (await listImages(`?tag=${tag}&limit=100&${query}`)).images.map((image) => image.name).sort()
const wrong = async (query: string, text: string) => expectFault(await member.get(`/v2/images?${query}`), 400, text)

beforeAll(async () => {
  ;[plain, , , data] = await Promise.all([
    createImage({
      name: 'plain',
      tags: [tag, `${tag}-two`, 'ä b'],
      disk_format: 'qcow2',
      container_format: 'bare',
      min_disk: 5,
      min_ram: 512,
      lab_os: 'linux',
      lab_ver: '1',
    }),
    createImage({ name: 'a:b', tags: [tag], protected: true, lab_os: 'linux', lab_ver: '2' }),
    createImage({ name: 'c,d', tags: [tag], os_hidden: true }),
    activeImage('filtered', { name: 'data', tags: [tag, `${tag}-two`], min_disk: 10 }),
    createImage({ name: 'e,f', tags: [tag], disk_format: 'iso', visibility: 'private' }),
  ])
}, 60_000)

describe('5.3 exact filters', () => {
  row('5.3 name', async () => expect(await names('name=plain')).toEqual(['plain']))
  row('5.3 name compares case and all', async () => expect(await names('name=plai')).toEqual([]))
  row('5.3 id', async () => expect(await names(`id=${plain.id}`)).toEqual(['plain']))
  row('5.3 status', async () => expect(await names('status=active')).toEqual(['data']))
  row('5.3 disk_format', async () => expect(await names('disk_format=iso')).toEqual(['e,f']))
  row('5.3 container_format', async () => expect(await names('container_format=bare')).toEqual(['data', 'plain']))
  row('5.3 checksum', async () => expect(await names(`checksum=${data.checksum}`)).toEqual(['data']))
  row('5.3 os_hash_value', async () => expect(await names(`os_hash_value=${data.os_hash_value}`)).toEqual(['data']))
  row('5.3 os_hash_algo', async () => expect(await names(`os_hash_algo=${data.os_hash_algo}`)).toEqual(['data']))
  row('5.3 size', async () => expect(await names('size=8')).toEqual(['data']))
  row('5.3 min_disk', async () => expect(await names('min_disk=5')).toEqual(['plain']))
  row('5.3 min_ram', async () => expect(await names('min_ram=512')).toEqual(['plain']))
  row('5.3 size that is no number matches nothing', async () => expect(await names('size=x')).toEqual([]))
  for (const key of ['min_disk', 'min_ram'])
    row(`5.3 ${key} that is no number matches nothing`, setting('MariaDB takes it for 0'), async () =>
      expect(await names(`${key}=x`)).toEqual([]),
    )
  row('5.3 owner', async () => expect(await names(`owner=${member.projectId}`)).toHaveLength(4))
  row('5.3 owner who owns nothing', async () => expect(await names('owner=nobody')).toEqual([]))
})

describe('5.3 in: and eq:', () => {
  row('5.3 in: takes a list', async () => expect(await names('name=in:plain,data')).toEqual(['data', 'plain']))
  row('5.3 in: takes quoted items with commas', async () =>
    expect(await names('name=in:%22e,f%22,plain')).toEqual(['e,f', 'plain']),
  )
  row('5.3 id=in:', async () => expect(await names(`id=in:${plain.id},${data.id}`)).toEqual(['data', 'plain']))
  row('5.3 status=in:', async () => expect(await names('status=in:active,saving')).toEqual(['data']))
  row('5.3 disk_format=in:', async () => expect(await names('disk_format=in:qcow2,iso')).toEqual(['e,f', 'plain']))
  row('5.3 container_format=in:', async () =>
    expect(await names('container_format=in:bare,ovf')).toEqual(['data', 'plain']),
  )
  row('5.3 eq: takes a value with a colon', async () => expect(await names('name=eq:a:b')).toEqual(['a:b']))
  row('5.3 eq: on status', async () => expect(await names('status=eq:active')).toEqual(['data']))

  for (const key of ['name', 'id', 'status', 'container_format', 'disk_format'])
    row(`5.3 ${key} with another operator: 400`, () =>
      wrong(`${key}=like:x`, "Unable to filter by unknown operator 'like'."),
    )

  row('5.3 quote not closed: 400', () => wrong('name=in:%22a,b', 'Invalid filter value "a,b. The quote is not closed.'))
  row('5.3 no comma before the quote: 400', () =>
    wrong('name=in:a%22b%22', 'Invalid filter value a"b". There is no comma before opening quotation mark.'),
  )
  row('5.3 no comma after the quote: 400', () =>
    wrong('name=in:%22a%22b', 'Invalid filter value "a"b. There is no comma after closing quotation mark.'),
  )
})

describe('5.3 flags', () => {
  for (const value of ['true', 'True', 'TRUE'])
    row(`5.3 os_hidden=${value}: hidden images alone`, async () =>
      expect(await names(`os_hidden=${value}`)).toEqual(['c,d']),
    )
  for (const query of ['os_hidden=false', 'os_hidden=False', ''])
    row(`5.3 "${query}": hidden images are left out`, async () =>
      expect(await names(query)).toEqual(['a:b', 'data', 'e,f', 'plain']),
    )
  row('5.3 os_hidden=x: 400', () =>
    wrong('os_hidden=x', "Invalid value 'x' for 'os_hidden' filter. Valid values are 'true' or 'false'."),
  )
  row('5.3 protected=true', async () => expect(await names('protected=true')).toEqual(['a:b']))
  row('5.3 protected=false', async () => expect(await names('protected=false')).toEqual(['data', 'e,f', 'plain']))
  for (const value of ['True', 'x', ''])
    row(`5.3 protected="${value}": 400`, () =>
      wrong(
        `protected=${value}`,
        `Invalid value '${value}' for 'protected' filter. Valid values are 'true' or 'false'.`,
      ),
    )
})

describe('5.3 times', () => {
  const date = () => encodeURIComponent(plain.created_at)
  row('5.3 a bare time means equal', async () => expect(await names(`created_at=${date()}`)).toContain('plain'))
  row('5.3 eq:', async () => expect(await names(`created_at=eq:${date()}`)).toContain('plain'))
  row('5.3 neq:', async () => expect(await names(`created_at=neq:${date()}`)).not.toContain('plain'))
  row('5.3 gte: and lte: include', async () => {
    expect(await names(`created_at=gte:${date()}`)).toContain('plain')
    expect(await names(`created_at=lte:${date()}`)).toContain('plain')
  })
  row('5.3 gt: and lt: exclude', async () => {
    expect(await names(`created_at=gt:${date()}`)).not.toContain('plain')
    expect(await names(`created_at=lt:${date()}`)).not.toContain('plain')
  })
  row('5.3 updated_at too', async () => expect(await names('updated_at=gt:2020-01-01T00:00:00Z')).toHaveLength(4))
  row('5.3 a date alone', async () => {
    expect(await names('created_at=gt:2020-01-01')).toHaveLength(4)
    expect(await names('created_at=lt:2020-01-01')).toEqual([])
  })
  row('5.3 an offset', async () => {
    const shifted = new Date(Date.parse(plain.created_at) + 7_200_000).toISOString().slice(0, 19)
    expect(await names(`created_at=eq:${encodeURIComponent(`${shifted}+02:00`)}`)).toContain('plain')
  })
  row('5.3 colons need no encoding', async () =>
    expect(await names(`created_at=eq:${plain.created_at}`)).toContain('plain'),
  )
  for (const key of ['created_at', 'updated_at']) {
    row(`5.3 ${key} that is no time: 400`, () =>
      wrong(`${key}=eq:yesterday`, `Bad "${key}" query filter format. Use ISO 8601 DateTime notation.`),
    )
    row(`5.3 ${key} with another operator: 400`, () =>
      wrong(`${key}=around:2020-01-01`, 'Unable to filter on a unknown operator.'),
    )
  }
})

describe('5.3 tags', () => {
  row('5.3 repeated: all must match', async () => expect(await names(`tag=${tag}-two`)).toEqual(['data', 'plain']))
  row('5.3 a tag nobody has', async () => expect(await names('tag=nobody')).toEqual([]))
  row('5.3 blanks around it are trimmed', async () =>
    expect(await names(`tag=%20${tag}-two%20`)).toEqual(['data', 'plain']),
  )
  row('5.3 encoded characters', async () => expect(await names(`tag=${encodeURIComponent('ä b')}`)).toEqual(['plain']))
  row('5.3 longer than 255: no match', async () => expect(await names(`tag=${'t'.repeat(256)}`)).toEqual([]))
})

describe('5.3 ranges', () => {
  row('5.3 size_min and size_max include', async () => {
    expect(await names('size_min=8')).toEqual(['data'])
    expect(await names('size_min=8&size_max=8')).toEqual(['data'])
    expect(await names('size_min=9')).toEqual([])
    expect(await names('size_max=7')).toEqual([])
  })
  row('5.3 min_disk_min and min_disk_max', async () =>
    expect(await names('min_disk_min=5&min_disk_max=9')).toEqual(['plain']),
  )
  row('5.3 min_ram_min', async () => expect(await names('min_ram_min=1')).toEqual(['plain']))
  row('5.3 not a number: 400', () => wrong('size_min=x', 'Unable to filter on a range with a non-numeric value.'))
  row('5.3 unknown column: 400', defect('500'), async () => {
    expect((await member.get('/v2/images?nosuch_min=1')).status).toBe(400)
  })
})

describe('5.3 other keys', () => {
  row('5.3 a custom property', async () => expect(await names('lab_os=linux')).toEqual(['a:b', 'plain']))
  row('5.3 two custom properties: both', async () => expect(await names('lab_os=linux&lab_ver=2')).toEqual(['a:b']))
  row('5.3 a custom property takes no in:', async () => expect(await names('lab_ver=in:1,2')).toEqual([]))
  row('5.3 a custom property repeated: the last wins', async () =>
    expect(await names('lab_ver=2&lab_ver=1')).toEqual(['plain']),
  )
  row('5.3 a property that nobody has', async () => expect(await names('lab_none=1')).toEqual([]))
  row('5.3 changes-since: 400', () =>
    wrong('changes-since=2020-01-01', 'The "changes-since" filter is no longer available on v2.'),
  )
  row('5.3 deleted is ignored', async () => expect(await names('deleted=true')).toHaveLength(4))
  for (const key of ['properties', 'members', 'locations'])
    row(`5.3 ${key} is a custom property`, defect('500'), async () => expect(await names(`${key}=x`)).toEqual([]))
  row('5.3 tags (plural) is a custom property', defect('every character is taken for a tag'), async () => {
    await createImage({ name: 'plural', tags: [tag, 'q'] })
    expect(await names('tags=q')).toEqual([])
  })
})

describe('5.3 visibility', () => {
  row('5.3 private', async () => expect(await names('visibility=private')).toEqual(['e,f']))
  row('5.3 shared', async () => expect(await names('visibility=shared&lab_os=linux')).toEqual(['a:b', 'plain']))
  row('5.3 all', async () => expect(await names('visibility=all&lab_os=linux')).toEqual(['a:b', 'plain']))
  row('5.3 empty: no match', async () => expect(await names('visibility=')).toEqual([]))
  row('5.3 another value: 400', () => wrong('visibility=x', 'Invalid visibility value: x'))
  for (const status of ['accepted', 'pending', 'rejected', 'all'])
    row(`5.3 member_status=${status}: own images stay`, async () =>
      expect(await names(`member_status=${status}&lab_os=linux`)).toEqual(['a:b', 'plain']),
    )
  row('5.3 member_status of another value: 400', async () =>
    expectFaultWith(await member.get('/v2/images?member_status=x'), 400, 'Invalid status: x'),
  )
})
