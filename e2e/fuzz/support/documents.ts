// Bodies of the routes that take JSON: near to what is right, far from it, and no JSON at all.
import fc from 'fast-check'
import { text, value } from './texts'

const attributes = [
  'name',
  'id',
  'visibility',
  'owner',
  'protected',
  'os_hidden',
  'min_ram',
  'min_disk',
  'disk_format',
  'container_format',
  'tags',
  'locations',
  'stores',
  'status',
  'size',
  'checksum',
  'os_hash_value',
  'created_at',
  'self',
  'location',
  'deleted',
  'os_glance_x',
  'kernel_id',
  'architecture',
  'cinder_encryption_key_deletion_policy',
  'image_id',
  'member',
  'context',
] as const

const attribute = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...attributes) }, { weight: 1, arbitrary: text })

/** A value that some attribute would take. */
const fitting = fc.oneof(
  fc.constantFrom<unknown>('shared', 'public', 'community', 'private', 'raw', 'qcow2', 'bare', 'ova', true, 0, 512),
  fc.array(text, { maxLength: 3 }),
  fc.uuid(),
)

const image = fc.oneof(
  fc.dictionary(attribute, fc.oneof(value, fitting), { maxKeys: 6 }),
  fc.record(
    {
      name: text,
      visibility: fc.constantFrom('shared', 'private', 'public', 'x'),
      disk_format: fc.constantFrom('raw', 'qcow2', 'vmdk', null, 1),
      container_format: fc.constantFrom('bare', 'ova', null),
      min_ram: fc.oneof(fc.integer(), value),
      tags: fc.oneof(fc.array(text, { maxLength: 4 }), value),
      owner: text,
      os_type: text,
    },
    { requiredKeys: [] },
  ),
)

const pointer = fc.oneof(
  { weight: 4, arbitrary: attribute.map((name) => `/${name}`) },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }).map((tokens) => `/${tokens.join('/')}`) },
  { weight: 1, arbitrary: fc.constantFrom('', '/', '//', '//name', '/tags/-', '/tags/0', '/locations/-', '/name/') },
  { weight: 1, arbitrary: value },
)

const verb = fc.constantFrom('add', 'remove', 'replace')
const patch = fc.oneof(
  { weight: 6, arbitrary: fc.array(operation21(), { maxLength: 4 }) },
  { weight: 2, arbitrary: fc.array(operation20(), { maxLength: 4 }) },
  { weight: 1, arbitrary: value },
)

function operation21(): fc.Arbitrary<unknown> {
  const op = fc.oneof({ weight: 5, arbitrary: verb }, { weight: 1, arbitrary: value })
  const whole = fc.record({ op, path: pointer, value: fc.oneof(fitting, value) }, { requiredKeys: [] })
  return fc.oneof({ weight: 8, arbitrary: whole }, { weight: 1, arbitrary: value })
}

function operation20(): fc.Arbitrary<unknown> {
  const simple = fc.tuple(verb, pointer, value).map(([op, path, given]) => ({ [op]: path, value: given }))
  const double = fc.record({ add: pointer, remove: pointer, value }, { requiredKeys: [] })
  return fc.oneof({ weight: 4, arbitrary: simple }, { weight: 1, arbitrary: double })
}

const uri = fc.oneof(
  text,
  fc.constantFrom('http://169.254.169.254/latest', 'gopher://images.invalid', 'HTTP://[::]:80/'),
)
const importing = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      {
        method: fc.oneof(
          {
            weight: 4,
            arbitrary: fc.record(
              {
                name: fc.oneof(
                  fc.constantFrom('glance-direct', 'web-download', 'copy-image', 'glance-download'),
                  value,
                ),
                uri: fc.oneof(uri, value),
                os_hash_algo: fc.oneof(fc.constantFrom('sha256', 'md5'), value),
                os_hash_value: value,
                glance_image_id: value,
                glance_region: value,
              },
              { requiredKeys: [] },
            ),
          },
          { weight: 1, arbitrary: value },
        ),
        stores: fc.oneof(fc.array(text, { maxLength: 3 }), value),
        all_stores: fc.oneof(fc.boolean(), value),
        all_stores_must_succeed: fc.oneof(fc.boolean(), value),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: value },
)

const member = fc.oneof(fc.record({ member: value, status: value }, { requiredKeys: [] }), value)
const status = fc.oneof(
  fc.record({ status: fc.oneof(fc.constantFrom('accepted', 'rejected', 'pending', 'x'), value) }),
  value,
)
const credentials = fc.record(
  {
    auth: fc.oneof(
      value,
      fc.record({
        identity: fc.record({
          methods: fc.oneof(fc.constant(['password']), value),
          password: fc.oneof(value, fc.record({ user: fc.dictionary(fc.constantFrom('name', 'id', 'domain'), value) })),
          token: value,
        }),
        scope: value,
      }),
    ),
  },
  { requiredKeys: [] },
)
const resource = fc
  .tuple(
    fc.constantFrom('project', 'user', 'role', 'domain', 'service', 'endpoint', 'region', 'x'),
    fc.oneof(
      value,
      fc.dictionary(
        fc.constantFrom('name', 'description', 'enabled', 'domain_id', 'type', 'url', 'interface', 'id', 'password'),
        value,
        { maxKeys: 5 },
      ),
    ),
  )
  .map(([key, fields]) => ({ [key]: fields }))

export const documents = { image, patch, importing, member, status, credentials, resource, value } as const
export type DocumentKind = keyof typeof documents

const notJson = [
  '',
  ' ',
  '{',
  '[',
  'null',
  '"x"',
  '1e999',
  'NaN',
  "{'name': 'x'}",
  '{"name":"x",}',
  '\ufeff{}',
  '{"min_ram":1e999}',
  '{"min_ram":-0}',
  '{"min_ram":1.0}',
  '{"name":"a","name":1}',
  '{"__proto__":{"name":"x"}}',
  '{"name":"\\ud800"}',
  '{"name":"\\u0000"}',
  '{"na\\u0000me":"x"}',
  '[{"op":{"toString":1},"path":"/name"}]',
  '[{"op":"add","path":{"toString":1},"value":1}]',
  '{"method":{"name":{"toString":1}}}',
  `{"name":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  `[{"op":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)},"path":"/x"}]`,
] as const

/** The JSON of a document, sometimes with a piece cut out or put in, sometimes something else altogether. */
export function bodyOf(document: fc.Arbitrary<unknown>): fc.Arbitrary<string | Buffer> {
  const whole = document.map((given) => JSON.stringify(given) ?? '')
  const damaged = fc
    .tuple(whole, fc.nat({ max: 200 }), fc.nat({ max: 5 }), fc.string({ maxLength: 3 }))
    .map(([json, at, length, piece]) => json.slice(0, at) + piece + json.slice(at + length))
  return fc.oneof(
    { weight: 8, arbitrary: whole },
    { weight: 2, arbitrary: damaged },
    { weight: 1, arbitrary: fc.constantFrom(...notJson) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
  )
}
