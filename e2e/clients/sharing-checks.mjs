// Offering an image to another project, on both command lines.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { digestOf, entityOf, rowsOf } from './checks.mjs'

export async function checkSharing(world) {
  await checkProjects(world)
  await checkMembers(world)
}

/** The openstack command line calls members projects. */
async function checkProjects({ check, asMember, asOutsider, folder, id, qcow2 }) {
  const { project_id: projectId } = await asOutsider.json('token', 'issue')
  const isListed = async (...filters) =>
    (await asOutsider.json('image', 'list', '--shared', ...filters)).some((image) => image.ID === id)
  await check('image add project offers the image', async () => {
    const made = await asMember.json('image', 'add', 'project', id, projectId)
    assert.deepEqual([made.image_id, made.member_id, made.status], [id, projectId, 'pending'])
  })
  await check('image add project a second time says 409', () =>
    asMember.refused(/409|Conflict|duplicated/i, 'openstack', 'image', 'add', 'project', id, projectId),
  )
  await check('image member list, of the owner and of the member', async () => {
    const row = { 'Image ID': id, 'Member ID': projectId, Status: 'pending' }
    assert.deepEqual(await asMember.json('image', 'member', 'list', id), [row])
    assert.deepEqual(await asOutsider.json('image', 'member', 'list', id), [row])
  })
  await check('a pending offer is shown by id and listed with --member-status pending', async () => {
    assert.equal((await asOutsider.json('image', 'show', id)).id, id)
    assert.deepEqual([await isListed(), await isListed('--member-status', 'pending')], [false, true])
  })
  for (const [option, status] of [
    ['--accept', 'accepted'],
    ['--reject', 'rejected'],
    ['--pending', 'pending'],
    ['--accept', 'accepted'],
  ])
    await check(`image set ${option} by the member: ${status}`, async () => {
      await asOutsider.openstack('image', 'set', option, id)
      const [row] = await asMember.json('image', 'member', 'list', id)
      assert.equal(row.Status, status)
      assert.equal(await isListed(), status === 'accepted')
      assert.equal(await isListed('--member-status', status), true)
    })
  await check('image save by the member gives the same bytes', async () => {
    const file = join(folder, 'shared.qcow2')
    await asOutsider.openstack('image', 'save', '--file', file, id)
    assert.equal(await digestOf(file, 'sha256'), await digestOf(qcow2.path, 'sha256'))
  })
  await check('image remove project by the member itself: 403', () =>
    asOutsider.refused(/403|Forbidden|not authorized/i, 'openstack', 'image', 'remove', 'project', id, projectId),
  )
  await check('image remove project by the owner hides the image', async () => {
    await asMember.openstack('image', 'remove', 'project', id, projectId)
    assert.deepEqual(await asMember.json('image', 'member', 'list', id), [])
    await asOutsider.refused(/No Image found|404/, 'openstack', 'image', 'show', id)
    assert.equal(await isListed('--member-status', 'all'), false)
  })
}

/** The same with the glance command line. */
async function checkMembers({ check, asMember, asOutsider, id }) {
  const { project_id: projectId } = await asOutsider.json('token', 'issue')
  const rowOf = (status) => ({ 'Image ID': id, 'Member ID': projectId, Status: status })
  await check('glance member-create', async () => {
    assert.deepEqual(rowsOf(await asMember.glance('member-create', id, projectId)), [rowOf('pending')])
  })
  await check('glance member-list and member-get', async () => {
    assert.deepEqual(rowsOf(await asMember.glance('member-list', '--image-id', id)), [rowOf('pending')])
    const shown = entityOf(await asMember.glance('member-get', id, projectId))
    assert.deepEqual([shown.image_id, shown.member_id, shown.status], [id, projectId, 'pending'])
  })
  await check('glance member-update by the owner says 403', () =>
    asMember.refused(/HTTP 403/, 'glance', 'member-update', id, projectId, 'accepted'),
  )
  for (const status of ['accepted', 'rejected', 'pending'])
    await check(`glance member-update by the member: ${status}`, async () => {
      assert.deepEqual(rowsOf(await asOutsider.glance('member-update', id, projectId, status)), [rowOf(status)])
      const options = ['--visibility', 'shared', '--member-status', status]
      assert.ok(rowsOf(await asOutsider.glance('image-list', ...options)).some((image) => image.ID === id))
    })
  await check('glance member-delete', async () => {
    await asMember.glance('member-delete', id, projectId)
    assert.deepEqual(rowsOf(await asMember.glance('member-list', '--image-id', id)), [])
    await asOutsider.refused(/HTTP 404/, 'glance', 'image-show', id)
  })
  await check('glance member-delete a second time says 404', () =>
    asMember.refused(/HTTP 404.*not found in the member list/, 'glance', 'member-delete', id, projectId),
  )
}
