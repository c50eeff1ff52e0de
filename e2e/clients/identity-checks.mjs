// What every cloud's users and administrators do with identity; the built-in one and Keystone must look the same.
import assert from 'node:assert/strict'

/**
 * Makes a project with a member, a reader and an outsider, checking each step, and returns their terminals and a
 * function that takes everything away again.
 */
export async function checkIdentity({ check, admin, terminalOf, imageUrl, tag }) {
  const password = 'correct horse'
  const [project, outside] = [`${tag}-project`, `${tag}-outside`]
  const [member, reader, outsider] = [`${tag}-member`, `${tag}-reader`, `${tag}-outsider`]
  const role = `${tag}-role`

  await check('token issue', async () => {
    const token = await admin.json('token', 'issue')
    assert.ok(token.id.length > 30 && token.project_id && token.user_id)
  })
  await check('catalog list leads to the image service', async () => {
    const catalog = await admin.json('catalog', 'list')
    const image = catalog.find((service) => service.Type === 'image')
    assert.ok(image.Endpoints.some(({ interface: kind, url }) => kind === 'public' && url.startsWith(imageUrl)))
  })
  await check('catalog show image', async () => {
    assert.equal((await admin.json('catalog', 'show', 'image')).type, 'image')
  })
  await check('versions show of the image service', async () => {
    const versions = await admin.json('versions', 'show', '--service', 'image')
    assert.ok(versions.some((version) => version.Status === 'CURRENT'))
  })
  await check('project create', async () => {
    const made = await admin.json('project', 'create', '--domain', 'default', '--description', 'a test', project)
    assert.equal(made.name, project)
    await admin.openstack('project', 'create', '--domain', 'default', outside)
  })
  await check('project show by name', async () => {
    assert.equal((await admin.json('project', 'show', project)).description, 'a test')
  })
  await check('project list', async () => {
    assert.ok((await admin.json('project', 'list')).some(({ Name }) => Name === project))
  })
  await check('user create', async () => {
    for (const name of [member, reader, outsider]) {
      const made = await admin.json('user', 'create', '--domain', 'default', '--password', password, name)
      assert.equal(made.name, name)
    }
  })
  await check('user show by name', async () => {
    assert.equal((await admin.json('user', 'show', member)).enabled, true)
  })
  await check('user list', async () => {
    assert.ok((await admin.json('user', 'list')).some(({ Name }) => Name === member))
  })
  await check('role create', async () => {
    assert.equal((await admin.json('role', 'create', role)).name, role)
  })
  await check('role show and list', async () => {
    const { id } = await admin.json('role', 'show', role)
    assert.ok((await admin.json('role', 'list')).some(({ ID }) => ID === id))
  })
  await check('role add on a project', async () => {
    await admin.openstack('role', 'add', '--user', member, '--project', project, 'member')
    await admin.openstack('role', 'add', '--user', reader, '--project', project, 'reader')
    await admin.openstack('role', 'add', '--user', outsider, '--project', outside, 'member')
  })
  await check('role assignment list with names', async () => {
    const rows = await admin.json('role', 'assignment', 'list', '--names', '--project', project)
    assert.ok(rows.some(({ Role, User }) => Role === 'member' && User === `${member}@Default`))
  })

  const asMember = terminalOf({ username: member, password, project })
  await check('sign-in with plain OS_ variables', async () => {
    assert.ok((await asMember.json('token', 'issue')).project_id)
  })
  await check('sign-in with a wrong password says 401', () =>
    terminalOf({ username: member, password: 'wrong', project }).refused(/HTTP 401/, 'openstack', 'token', 'issue'),
  )
  await check('sign-in to a foreign project says 401', () =>
    terminalOf({ username: member, password, project: outside }).refused(/HTTP 401/, 'openstack', 'token', 'issue'),
  )
  await check('a member may not create users: 403', () =>
    asMember.refused(/HTTP 403/, 'openstack', 'user', 'create', `${tag}-nobody`),
  )
  await check('sign-in with a token', async () => {
    const { id } = await asMember.json('token', 'issue')
    const withToken = terminalOf({ token: id, project })
    assert.ok((await withToken.json('token', 'issue')).project_id)
    assert.ok(Array.isArray(await withToken.json('image', 'list')))
  })
  await checkApplicationCredential({ check, asMember, terminalOf, tag })

  return {
    asMember,
    asReader: terminalOf({ username: reader, password, project }),
    asOutsider: terminalOf({ username: outsider, password, project: outside }),
    account: { username: member, password, project },
    outsideAccount: { username: outsider, password, project: outside },
    async remove() {
      await check('user delete', () => admin.openstack('user', 'delete', member, reader, outsider))
      await check('project delete', () => admin.openstack('project', 'delete', project, outside))
      await check('role delete', () => admin.openstack('role', 'delete', role))
      await check('the deleted are gone', () =>
        admin.refused(/No user|could not be found/i, 'openstack', 'user', 'show', member),
      )
    },
  }
}

async function checkApplicationCredential({ check, asMember, terminalOf, tag }) {
  const name = `${tag}-credential`
  let made
  await check('application credential create', async () => {
    made = await asMember.json('application', 'credential', 'create', '--role', 'reader', name)
    assert.ok(made.id && made.secret)
  })
  await check('application credential show has no secret', async () => {
    const shown = await asMember.json('application', 'credential', 'show', name)
    assert.equal(shown.id, made.id)
    assert.ok(!shown.secret)
  })
  await check('image list with the application credential', async () => {
    const holder = terminalOf({ credentialId: made.id, credentialSecret: made.secret })
    assert.ok(Array.isArray(await holder.json('image', 'list')))
  })
  await check('application credential delete', () => asMember.openstack('application', 'credential', 'delete', name))
  await check('the deleted application credential is refused', () =>
    terminalOf({ credentialId: made.id, credentialSecret: made.secret }).refused(
      // Debian's Keystone says that there is none.
      /HTTP 40[14]/,
      'openstack',
      'image',
      'list',
    ),
  )
}
