// A day with images on the openstack and glance command lines.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { digestOf, entityOf, rowsOf } from './checks.mjs'
import { checkSharing } from './sharing-checks.mjs'
import { checkStores } from './store-checks.mjs'

export async function checkImages(world) {
  const id = await checkCreate(world)
  await checkListing({ ...world, id })
  await checkChanges({ ...world, id })
  await checkDownload({ ...world, id })
  await checkAccess({ ...world, id })
  await checkSharing({ ...world, id })
  await checkGlanceUpload(world)
  await checkStores(world)
  await checkRefusals({ ...world, id })
  await checkPaging(world)
  await checkDelete({ ...world, id })
}

async function checkCreate({ check, asMember, tag, qcow2 }) {
  let id = ''
  await check('image create from a qcow2 file', async () => {
    const options = ['--disk-format', 'qcow2', '--container-format', 'bare', '--min-disk', '1', '--min-ram', '64']
    const extras = ['--property', 'os_distro=debian', '--tag', 'golden']
    const made = await asMember.json('image', 'create', ...options, ...extras, '--file', qcow2.path, `${tag}-qcow2`)
    assert.equal(made.name, `${tag}-qcow2`)
    id = made.id
  })
  await check('image show by name tells size, status and formats', async () => {
    const shown = await asMember.json('image', 'show', `${tag}-qcow2`)
    assert.equal(shown.id, id)
    assert.equal(shown.status, 'active')
    assert.equal(shown.size, qcow2.sizeBytes)
    assert.deepEqual([shown.disk_format, shown.container_format], ['qcow2', 'bare'])
    assert.deepEqual([shown.min_disk, shown.min_ram], [1, 64])
    assert.equal(shown.properties.os_distro, 'debian')
    assert.deepEqual(shown.tags, ['golden'])
  })
  await check('image show by id has MD5 and SHA-512 of the file', async () => {
    const shown = await asMember.json('image', 'show', id)
    assert.equal(shown.checksum, await digestOf(qcow2.path, 'md5'))
    assert.equal(shown.properties.os_hash_algo, 'sha512')
    assert.equal(shown.properties.os_hash_value, await digestOf(qcow2.path, 'sha512'))
  })
  await check('glance image-show tells the virtual size', async () => {
    const shown = entityOf(await asMember.glance('image-show', id))
    assert.equal(shown.virtual_size, String(qcow2.virtualSizeBytes))
    assert.equal(shown.os_distro, 'debian')
  })
  await check('image create from standard input', async () => {
    const name = `${tag}-piped`
    await asMember.piped(
      qcow2.path,
      'openstack',
      'image',
      'create',
      '--disk-format',
      'qcow2',
      '--container-format',
      'bare',
      name,
    )
    const shown = await asMember.json('image', 'show', name)
    assert.equal(shown.checksum, await digestOf(qcow2.path, 'md5'))
    await asMember.openstack('image', 'delete', name)
  })
  return id
}

async function checkListing({ check, asMember, tag, id }) {
  const idsOf = async (...filters) => (await asMember.json('image', 'list', ...filters)).map((image) => image.ID)
  const queued = `${tag}-a-queued`
  await check('image create without data stays queued', async () => {
    await asMember.openstack('image', 'create', '--property', 'os_distro=alpine', queued)
    assert.equal((await asMember.json('image', 'show', queued)).status, 'queued')
  })
  await check('image list by name', async () => assert.deepEqual(await idsOf('--name', `${tag}-qcow2`), [id]))
  await check('image list by status', async () => {
    const queuedIds = await idsOf('--status', 'queued')
    assert.ok(queuedIds.length > 0 && !queuedIds.includes(id))
  })
  await check('image list by tag', async () => assert.ok((await idsOf('--tag', 'golden')).includes(id)))
  await check('image list by an absent tag is empty', async () =>
    assert.deepEqual(await idsOf('--tag', `${tag}-no`), []),
  )
  await check('image list by property', async () => {
    const found = await idsOf('--property', 'os_distro=debian')
    assert.ok(found.includes(id))
    const { id: other } = await asMember.json('image', 'show', queued)
    assert.ok(!found.includes(other))
  })
  await check('image list by owner and visibility', async () => {
    assert.ok((await idsOf('--shared')).includes(id))
    assert.ok(!(await idsOf('--public')).includes(id))
  })
  await check('image list --long has checksum and formats', async () => {
    const row = (await asMember.json('image', 'list', '--long')).find((image) => image.ID === id)
    assert.equal(row['Disk Format'], 'qcow2')
    assert.match(row.Checksum, /^[0-9a-f]{32}$/)
  })
  await check('image list sorted by name, both ways', async () => {
    const names = async (order) =>
      (await asMember.json('image', 'list', '--sort', `name:${order}`)).map((image) => image.Name)
    const up = await names('asc')
    assert.ok(up.indexOf(queued) < up.indexOf(`${tag}-qcow2`))
    assert.deepEqual(await names('desc'), [...up].reverse())
  })
  await check('image list with limit and marker', async () => {
    const sorted = await idsOf('--sort', 'name:asc')
    assert.deepEqual(await idsOf('--sort', 'name:asc', '--limit', '1'), sorted.slice(0, 1))
    assert.deepEqual(await idsOf('--sort', 'name:asc', '--marker', sorted[0]), sorted.slice(1))
  })
  await check('glance image-list with a property filter', async () => {
    const rows = rowsOf(await asMember.glance('image-list', '--property-filter', 'os_distro=debian'))
    assert.ok(rows.some((row) => row.ID === id))
  })
  await check('glance image-list by tag, sorted', async () => {
    const rows = rowsOf(await asMember.glance('image-list', '--tag', 'golden', '--sort', 'name:asc'))
    assert.deepEqual(
      rows.map((row) => row.ID),
      [id],
    )
  })
  await check('image delete of a queued image', () => asMember.openstack('image', 'delete', queued))
}

async function checkChanges({ check, asMember, tag, id }) {
  const shown = () => asMember.json('image', 'show', id)
  const set = (...args) => asMember.openstack('image', 'set', ...args, id)
  await check('image set --property', async () => {
    await set('--property', 'hw_disk_bus=virtio', '--property', 'os_version=12')
    const { properties } = await shown()
    assert.deepEqual([properties.hw_disk_bus, properties.os_version], ['virtio', '12'])
  })
  await check('image unset --property', async () => {
    await asMember.openstack('image', 'unset', '--property', 'os_version', id)
    assert.ok(!('os_version' in (await shown()).properties))
  })
  await check('image set --tag', async () => {
    await set('--tag', 'lts')
    assert.deepEqual((await shown()).tags.sort(), ['golden', 'lts'])
  })
  await check('image unset --tag', async () => {
    await asMember.openstack('image', 'unset', '--tag', 'lts', id)
    assert.deepEqual((await shown()).tags, ['golden'])
  })
  await check('image set of name, minima and architecture', async () => {
    await set('--name', `${tag}-renamed`, '--min-disk', '2', '--min-ram', '128', '--architecture', 'x86_64')
    const { name, min_disk, min_ram, properties } = await shown()
    assert.deepEqual([name, min_disk, min_ram, properties.architecture], [`${tag}-renamed`, 2, 128, 'x86_64'])
    await set('--name', `${tag}-qcow2`)
  })
  await check('glance image-update sets and removes properties', async () => {
    const changed = entityOf(
      await asMember.glance('image-update', '--property', 'os_admin_user=root', '--remove-property', 'hw_disk_bus', id),
    )
    assert.equal(changed.os_admin_user, 'root')
    assert.ok(!('hw_disk_bus' in changed))
  })
  await check('glance image-tag-update', async () => {
    await asMember.glance('image-tag-update', id, 'stable')
    assert.ok((await shown()).tags.includes('stable'))
  })
  await check('glance image-tag-delete', async () => {
    await asMember.glance('image-tag-delete', id, 'stable')
    assert.ok(!(await shown()).tags.includes('stable'))
  })
  await check('a hidden image is listed only among the hidden', async () => {
    await set('--hidden')
    const listed = async (...args) => (await asMember.json('image', 'list', ...args)).some((image) => image.ID === id)
    assert.deepEqual([await listed(), await listed('--hidden')], [false, true])
    await set('--unhidden')
  })
}

async function checkDownload({ check, asMember, folder, id, qcow2 }) {
  const same = async (file) => assert.equal(await digestOf(file, 'sha256'), await digestOf(qcow2.path, 'sha256'))
  await check('image save gives the same bytes', async () => {
    const file = join(folder, 'saved.qcow2')
    await asMember.openstack('image', 'save', '--file', file, id)
    await same(file)
  })
  await check('image save to standard output gives the same bytes', async () => {
    const file = join(folder, 'streamed.qcow2')
    await asMember.seen(`openstack image save ${id} > ${file}`)
    await same(file)
  })
  await check('glance image-download verifies the hash', async () => {
    const file = join(folder, 'downloaded.qcow2')
    await asMember.glance('image-download', '--file', file, id)
    await same(file)
  })
  await check('glance image-download --progress reaches 100 %', async () => {
    const file = join(folder, 'progress.qcow2')
    assert.match(await asMember.seen(`glance image-download --progress --file ${file} ${id}`), /100%/)
    await same(file)
  })
}

async function checkAccess({ check, admin, asMember, asReader, asOutsider, tag, id }) {
  const notFound = /No Image found|404/
  await check('a reader of the project sees and saves the image', async () => {
    assert.equal((await asReader.json('image', 'show', id)).id, id)
  })
  await check('a reader may not create images: 403', () =>
    asReader.refused(/403|Forbidden|not authorized/i, 'openstack', 'image', 'create', `${tag}-no`),
  )
  await check('another project does not see a private image', async () => {
    await asMember.openstack('image', 'set', '--private', id)
    await asOutsider.refused(notFound, 'openstack', 'image', 'show', id)
  })
  await check('another project sees a community image by id', async () => {
    await asMember.openstack('image', 'set', '--community', id)
    assert.equal((await asOutsider.json('image', 'show', id)).visibility, 'community')
    assert.ok((await asOutsider.json('image', 'list', '--community')).some((image) => image.ID === id))
  })
  await check('another project may not delete it: 403', () =>
    asOutsider.refused(/403|Forbidden|not authorized|permission/i, 'openstack', 'image', 'delete', id),
  )
  await check('a member may not publish: 403', () =>
    asMember.refused(/403|Forbidden|not authorized/i, 'openstack', 'image', 'set', '--public', id),
  )
  await check('an administrator publishes', async () => {
    await admin.openstack('image', 'set', '--public', id)
    assert.ok((await asOutsider.json('image', 'list', '--public')).some((image) => image.ID === id))
    await admin.openstack('image', 'set', '--shared', id)
  })
}

async function checkGlanceUpload({ check, asMember, tag, qcow2 }) {
  const formats = ['--disk-format', 'qcow2', '--container-format', 'bare']
  let id = ''
  await check('glance image-create without data', async () => {
    const made = entityOf(await asMember.glance('image-create', ...formats, '--name', `${tag}-glance`))
    assert.equal(made.status, 'queued')
    id = made.id
  })
  await check('glance image-download without data says so', () =>
    asMember.refused(/no data/i, 'glance', 'image-download', '--file', '/dev/null', id),
  )
  await check('glance image-upload with progress', async () => {
    const seen = await asMember.seen(`glance image-upload --progress --file ${qcow2.path} ${id}`)
    assert.match(seen, /100%/)
    assert.equal(entityOf(await asMember.glance('image-show', id)).status, 'active')
  })
  await check('a second glance image-upload says 409', () =>
    asMember.refused(/HTTP 409/, 'glance', 'image-upload', '--file', qcow2.path, id),
  )
  await check('glance image-delete', async () => {
    await asMember.glance('image-delete', id)
    await asMember.refused(/HTTP 404/, 'glance', 'image-show', id)
  })
  await check('glance image-create from standard input', async () => {
    const made = entityOf(await asMember.piped(qcow2.path, 'glance', 'image-create', ...formats, '--name', `${tag}-in`))
    assert.equal(made.size, String(qcow2.sizeBytes))
    await asMember.glance('image-delete', made.id)
  })
}

async function checkRefusals({ check, asMember, isReference, tag, id, raw }) {
  const unknown = '00000000-0000-4000-8000-000000000000'
  await check('image show of an unknown name', () =>
    asMember.refused(/No Image found for/, 'openstack', 'image', 'show', `${tag}-nothing`),
  )
  await check('glance image-show of an unknown id tells it', () =>
    asMember.refused(
      new RegExp(`HTTP 404 Not Found: No image found with ID ${unknown}`),
      'glance',
      'image-show',
      unknown,
    ),
  )
  await check('glance image-create with an id in use says 409', () =>
    asMember.refused(/HTTP 409/, 'glance', 'image-create', '--id', id, '--name', `${tag}-twice`),
  )
  await check('glance image-update of a read-only property is refused', () =>
    asMember.refused(/40[03]/, 'glance', 'image-update', '--property', 'status=queued', id),
  )
  await check('a protected image is not deleted', async () => {
    await asMember.openstack('image', 'set', '--protected', id)
    await asMember.refused(/403|protected/i, 'openstack', 'image', 'delete', id)
    await asMember.refused(/not permitted to delete/, 'glance', 'image-delete', id)
    await asMember.openstack('image', 'set', '--unprotected', id)
  })
  if (isReference) return
  await check('bytes that are not of the declared format are refused', async () => {
    const made = entityOf(
      await asMember.glance(
        'image-create',
        '--disk-format',
        'qcow2',
        '--container-format',
        'bare',
        '--name',
        `${tag}-bad`,
      ),
    )
    await asMember.refused(/HTTP 4\d\d/, 'glance', 'image-upload', '--file', raw.path, made.id)
    assert.equal(entityOf(await asMember.glance('image-show', made.id)).status, 'queued')
    await asMember.glance('image-delete', made.id)
  })
}

async function checkPaging({ check, asMember, tag, imageUrl }) {
  const total = 30
  const ids = []
  await check('both clients follow pages to the end', async () => {
    const { id: token } = await asMember.json('token', 'issue')
    for (let index = 0; index < total; index += 1) {
      const response = await fetch(`${imageUrl}/v2/images`, {
        method: 'POST',
        headers: { 'x-auth-token': token, 'content-type': 'application/json' },
        body: JSON.stringify({ name: `${tag}-page`, tags: [`${tag}-page`] }),
      })
      ids.push((await response.json()).id)
    }
    const found = await asMember.json('image', 'list', '--limit', '100', '--tag', `${tag}-page`)
    assert.deepEqual(found.map((image) => image.ID).sort(), [...ids].sort())
    const rows = rowsOf(await asMember.glance('image-list', '--page-size', '7', '--tag', `${tag}-page`))
    assert.deepEqual(rows.map((row) => row.ID).sort(), [...ids].sort())
  })
  await check('an ambiguous name is refused', () =>
    asMember.refused(/More than one Image exists/, 'openstack', 'image', 'show', `${tag}-page`),
  )
  await check('image delete of many', () => asMember.openstack('image', 'delete', ...ids))
}

async function checkDelete({ check, asMember, atCloud, id }) {
  await check('image show through --os-cloud and clouds.yaml', async () => {
    assert.equal((await atCloud.json('--os-cloud', 'test', 'image', 'show', id)).id, id)
  })
  await check('image delete', async () => {
    await asMember.openstack('image', 'delete', id)
    await asMember.refused(/No Image found/, 'openstack', 'image', 'show', id)
  })
  await check('nothing of ours is left in the list', async () => {
    assert.deepEqual(await asMember.json('image', 'list', '--shared'), [])
  })
}
