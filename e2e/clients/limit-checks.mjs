// Limits of projects, as administrators set them on the openstack command line.
import assert from 'node:assert/strict'
import { rowsOf } from './checks.mjs'

const names = ['image_size_total', 'image_stage_total', 'image_count_total', 'image_count_uploading']
const PLENTY = '100000'

/** Must come before the first image: with Keystone nothing may be used of what no limit is registered for. */
export async function checkLimits({ check, admin, asMember, asOutsider, account, tag, isReference }) {
  if (isReference) return
  const place = ['--service', 'glance', '--region', 'RegionOne']
  const project = account.project
  const registered = new Map()
  await check('registered limit create', async () => {
    for (const name of names) {
      const made = await admin.json('registered', 'limit', 'create', ...place, '--default-limit', '10', name)
      assert.deepEqual([made.resource_name, made.default_limit, made.region_id], [name, 10, 'RegionOne'])
      registered.set(name, made.id)
    }
  })
  await check('registered limit create again: 409', () =>
    admin.refused(/HTTP 409/, 'openstack', 'registered', 'limit', 'create', ...place, '--default-limit', '1', names[0]),
  )
  await check('registered limit list and show', async () => {
    const rows = await admin.json('registered', 'limit', 'list', '--region', 'RegionOne')
    for (const [name, id] of registered) {
      assert.ok(rows.some((row) => row.ID === id && row['Resource Name'] === name && row['Default Limit'] === 10))
    }
    const shown = await admin.json('registered', 'limit', 'show', registered.get('image_count_total'))
    assert.equal(shown.default_limit, 10)
  })
  await check('registered limit set', async () => {
    assert.equal(registered.size, names.length)
    for (const id of registered.values()) {
      const changed = await admin.json('registered', 'limit', 'set', '--default-limit', PLENTY, id)
      assert.equal(changed.default_limit, Number(PLENTY))
    }
  })
  let id = ''
  await check('limit create for a project', async () => {
    const options = ['--project', project, ...place, '--resource-limit', '2']
    const made = await admin.json('limit', 'create', ...options, 'image_count_total')
    assert.deepEqual([made.resource_name, made.resource_limit], ['image_count_total', 2])
    id = made.id
  })
  await check('limit create by a member: 403', () => {
    const options = ['--project', project, ...place, '--resource-limit', '9', 'image_size_total']
    return asMember.refused(/HTTP 403|No service with a name/, 'openstack', 'limit', 'create', ...options)
  })
  await check('limit show', async () => {
    assert.equal((await admin.json('limit', 'show', id)).resource_limit, 2)
  })
  await check('glance usage tells the own limits', async () => {
    await untilLimit(asMember, '2')
    assert.deepEqual(
      rowsOf(await asMember.glance('usage')).map(({ Quota }) => Quota),
      names,
    )
    assert.equal(await limitOf(asOutsider), PLENTY)
  })
  await check('image create over the limit: 413', async () => {
    for (const number of [1, 2]) await asMember.openstack('image', 'create', `${tag}-limit-${number}`)
    await asMember.refused(
      /413.*image_count_total is over limit of 2 due to current usage 2 and delta 1/s,
      ...['glance', 'image-create', '--name', `${tag}-limit-3`],
    )
    await asMember.openstack('image', 'delete', `${tag}-limit-1`, `${tag}-limit-2`)
  })
  await check('limit set', async () => {
    const changed = await admin.json('limit', 'set', '--resource-limit', '3', id)
    assert.equal(changed.resource_limit, 3)
    await untilLimit(asMember, '3')
  })
  await check('limit delete', async () => {
    await admin.openstack('limit', 'delete', id)
    await untilLimit(asMember, PLENTY)
  })
}

const limitOf = async (someone) =>
  rowsOf(await someone.glance('usage')).find(({ Quota }) => Quota === 'image_count_total')?.Limit

/** The service may remember a limit of Keystone for a moment. */
async function untilLimit(someone, limit) {
  const deadline = Date.now() + 15_000
  let found = await limitOf(someone)
  while (found !== limit && Date.now() < deadline) found = await limitOf(someone)
  assert.equal(found, limit)
}
