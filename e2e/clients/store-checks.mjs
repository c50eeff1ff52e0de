// Stores on the glance command line; Debian's openstack has no command for them.
import assert from 'node:assert/strict'
import { entityOf, rowsOf } from './checks.mjs'

export async function checkStores({ check, admin, asMember, tag, qcow2 }) {
  let stores = []
  await check('glance stores-info names the stores and the default one', async () => {
    stores = jsonIn(await asMember.glance('stores-info'), 'stores')
    assert.equal(stores.filter((store) => store.default === 'true').length, 1)
    assert.ok(stores.every((store) => typeof store.id === 'string' && !('type' in store)))
  })
  await check('glance stores-info --detail by an administrator', async () => {
    const details = jsonIn(await admin.glance('stores-info', '--detail'), 'stores')
    assert.deepEqual(
      details.map((store) => store.id),
      stores.map((store) => store.id),
    )
    const file = details.find((store) => store.type === 'file')
    assert.deepEqual(Object.keys(file.properties).sort(), ['chunk_size', 'data_dir', 'thin_provisioning'])
  })
  await check('glance stores-info --detail by a member: 403', () =>
    asMember.refused(/HTTP 403/, 'glance', 'stores-info', '--detail'),
  )
  await check('glance import-info lists the methods', async () => {
    const methods = jsonIn(await asMember.glance('import-info'), 'import-methods')
    assert.equal(methods.type, 'array')
    assert.ok(methods.value.includes('web-download'), String(methods.value))
  })
  const usual = stores.find((store) => store.default === 'true')?.id
  const second = stores.find((store) => store.id !== usual && store['read-only'] !== 'true')?.id
  const formats = ['--disk-format', 'qcow2', '--container-format', 'bare']
  let made = {}
  await check('glance image-create --store puts the data there', async () => {
    const options = ['--file', qcow2.path, '--store', second, '--name', `${tag}-stored`]
    made = entityOf(await asMember.glance('image-create', ...formats, ...options))
    assert.deepEqual([made.status, made.stores], ['active', second])
  })
  await check('glance image-create with an unknown --store is refused', () =>
    asMember.refused(/not valid/, 'glance', 'image-create', ...formats, '--file', qcow2.path, '--store', 'nosuch'),
  )
  await check('glance stores-delete by a member: 403', () =>
    asMember.refused(/HTTP 403.*delete_image_location/s, 'glance', 'stores-delete', '--store', second, made.id),
  )
  await check('glance stores-delete of the only copy: 403', () =>
    admin.refused(/HTTP 403.*only store/s, 'glance', 'stores-delete', '--store', second, made.id),
  )
  await check('glance stores-delete from an unknown store: 409', () =>
    admin.refused(/HTTP 409.*not available on this node/s, 'glance', 'stores-delete', '--store', 'nosuch', made.id),
  )
  await check('glance stores-delete of an unknown image', () =>
    admin.refused(/Image\/store not found/, 'glance', 'stores-delete', '--store', second, `${tag}-none`),
  )
  await check('glance image-delete from a store that is not the default', () =>
    asMember.glance('image-delete', made.id),
  )
}

/** A JSON value that stands in a table, where the client breaks it into lines. */
function jsonIn(table, property) {
  const rows = rowsOf(table)
  assert.equal(rows[0]?.Property, property, table)
  return JSON.parse(rows.map(({ Value }) => Value).join(' '))
}
