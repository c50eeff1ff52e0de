import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { outcomeOf } from '@/lib/errors/test-outcome'
import { findAuditRows } from '@/lib/events/event-repo'
import { grantRole, revokeRole } from './assignments'
import { changeEndpoint, createEndpoint, createRegion, createService, deleteService } from './catalog'
import { createCredential, deleteCredential } from './credentials'
import { changeDomain, createDomain, deleteDomain } from './domains'
import { changeLimit, createLimits, deleteLimit } from './limits'
import { changeProject, createProject, deleteProject } from './projects'
import { changeRegisteredLimit, createRegisteredLimits, deleteRegisteredLimit } from './registered-limits'
import { changeRole, createImplication, createRole, deleteRole, removeImplication } from './roles'
import { changePassword, changeUser, createUser, deleteUser } from './users'

const admin = contextOf({ userId: 'the-admin', projectId: 'admins', roles: ['admin', 'member', 'reader'] })
const by = { userId: 'the-admin', projectId: 'admins', requestId: admin.requestId, outcome: 'success' }
const secrets = ['first-password', 'second-password', 'third-password', 'the-secret', 'catalog-password']

describe.each(testFlavours())('the audit of the built-in identity on %s', (flavour) => {
  let database: TestDatabase
  let seen: number
  beforeEach(async () => {
    seen = 0
    database = await openTestDatabase(flavour)
    await database.db.domain.create({ data: { id: 'default', name: 'Default' } })
  })
  afterEach(async () => {
    // Whatever a test did: no secret, and no hash of one.
    const rows = await database.db.event.findMany()
    const told = JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
    for (const secret of secrets) expect(told).not.toContain(secret)
    expect(told).not.toMatch(/hash|scrypt|\$2/i)
    await database.close()
  })

  /** Events since the last call, oldest first. */
  const told = async () => {
    const { rows } = await findAuditRows({ limit: 500 })
    const fresh = rows.filter(({ id }) => id > seen).reverse()
    seen = fresh.at(-1)?.id ?? seen
    return fresh
  }
  it('tells who made, changed and removed a user, and that a password is new', async () => {
    const user = { name: 'anna', password: 'first-password', domain_id: 'default', email: 'a@example.org' }
    const { id } = await createUser(admin, { user })
    await changeUser(admin, id, { user: { name: 'anne', password: 'second-password' } })
    const own = contextOf({ userId: id, projectId: null, roles: ['member'] })
    const passwords = { original_password: 'second-password', password: 'third-password' }
    await changePassword(own, id, { user: passwords }, '127.0.0.1')
    await changeUser(admin, id, { user: { enabled: false } })
    await deleteUser(admin, id)
    const rows = await told()
    expect(rows).toMatchObject([
      { type: 'identity.user.created', ...by, before: null, payload: { id, name: 'anna', email: 'a@example.org' } },
      {
        type: 'identity.user.updated',
        ...by,
        before: { name: 'anna' },
        payload: { id, name: 'anne', password_changed: true },
      },
      { type: 'identity.user.updated', userId: id, before: {}, payload: { id, password_changed: true } },
      { type: 'identity.user.updated', ...by, before: { enabled: true }, payload: { id, enabled: false } },
      {
        type: 'identity.user.deleted',
        ...by,
        before: { deleted: false },
        payload: { id, name: 'anne', deleted: true },
      },
    ])
    expect(rows[3]?.payload).not.toHaveProperty('password_changed')
  })

  it('tells of domains, projects, roles, what they imply and who holds them, once for each change', async () => {
    const domain = await createDomain(admin, { domain: { name: 'd' } })
    await changeDomain(admin, domain.id, { domain: { enabled: false } })
    const project = await createProject(admin, { project: { name: 'p', domain_id: 'default' } })
    await changeProject(admin, project.id, { project: { description: 'of tests' } })
    const [role, other] = [
      await createRole(admin, { role: { name: 'r' } }),
      await createRole(admin, { role: { name: 'o' } }),
    ]
    await changeRole(admin, role.id, { role: { name: 's' } })
    await createImplication(admin, role.id, other.id)
    const user = await createUser(admin, { user: { name: 'u', domain_id: 'default' } })
    const target = { kind: 'project', id: project.id } as const
    await grantRole(admin, target, user.id, role.id)
    await grantRole(admin, target, user.id, role.id)
    await revokeRole(admin, target, user.id, role.id)
    expect(await outcomeOf(revokeRole(admin, target, user.id, role.id))).toMatch(/^404/)
    await removeImplication(admin, role.id, other.id)
    await deleteRole(admin, role.id)
    await deleteProject(admin, project.id)
    await deleteDomain(admin, domain.id)
    const held = { role: role.id, user: user.id, project: project.id }
    expect(await told()).toMatchObject([
      { type: 'identity.domain.created', ...by, payload: { name: 'd' } },
      { type: 'identity.domain.updated', ...by, before: { enabled: true }, payload: { enabled: false } },
      { type: 'identity.project.created', ...by, payload: { name: 'p' } },
      { type: 'identity.project.updated', ...by, before: { description: '' }, payload: { description: 'of tests' } },
      { type: 'identity.role.created', ...by },
      { type: 'identity.role.created', ...by },
      { type: 'identity.role.updated', ...by, before: { name: 'r' }, payload: { name: 's' } },
      {
        type: 'identity.inference_rule.created',
        ...by,
        payload: { prior_role: { name: 's' }, implies: { name: 'o' } },
      },
      { type: 'identity.user.created', ...by },
      { type: 'identity.role_assignment.created', ...by, before: null, payload: held },
      { type: 'identity.role_assignment.deleted', ...by, payload: { ...held, deleted: true } },
      { type: 'identity.inference_rule.deleted', ...by },
      { type: 'identity.role.deleted', ...by, payload: { name: 's' } },
      { type: 'identity.project.deleted', ...by, payload: { name: 'p' } },
      { type: 'identity.domain.deleted', ...by, payload: { name: 'd' } },
    ])
  })

  it('tells of application credentials, never of their secrets', async () => {
    const user = await createUser(admin, { user: { name: 'u', domain_id: 'default' } })
    const project = await createProject(admin, { project: { name: 'p', domain_id: 'default' } })
    const role = await createRole(admin, { role: { name: 'member' } })
    await grantRole(admin, { kind: 'project', id: project.id }, user.id, role.id)
    await told()
    const own = contextOf({ userId: user.id, projectId: project.id, roles: ['member'] })
    const made = await createCredential(own, user.id, { application_credential: { name: 'c', secret: 'the-secret' } })
    expect(made.secret).toBe('the-secret')
    await deleteCredential(own, user.id, made.id)
    const shown = { id: made.id, name: 'c', user_id: user.id, project_id: project.id, roles: [{ id: role.id }] }
    expect(await told()).toMatchObject([
      { type: 'identity.application_credential.created', userId: user.id, before: null, payload: shown },
      { type: 'identity.application_credential.deleted', userId: user.id, payload: { ...shown, deleted: true } },
    ])
  })

  it('tells of the catalog and of limits, one event for each, without a password in a URL', async () => {
    const service = await createService(admin, { service: { type: 'image', name: 'glance' } })
    await createRegion(admin, { region: { id: 'one' } })
    const url = 'http://user:catalog-password@images.example.org'
    const endpoint = await createEndpoint(admin, {
      endpoint: { service_id: service.id, interface: 'public', url, region_id: 'one' },
    })
    expect(endpoint.url).toBe(url)
    await changeEndpoint(admin, endpoint.id, { endpoint: { url: `${url}/v2` } })
    const project = await createProject(admin, { project: { name: 'p', domain_id: 'default' } })
    const place = { service_id: service.id, region_id: 'one' }
    const registered = await createRegisteredLimits(admin, {
      registered_limits: ['image_size_total', 'image_count_total'].map((resource_name) => ({
        ...place,
        resource_name,
        default_limit: 10,
      })),
    })
    const registeredId = registered[0]?.id ?? ''
    await changeRegisteredLimit(admin, registeredId, { registered_limit: { default_limit: 20 } })
    const limit = { ...place, project_id: project.id, resource_name: 'image_size_total', resource_limit: 5 }
    const [own] = await createLimits(admin, { limits: [limit] })
    await changeLimit(admin, own?.id ?? '', { limit: { resource_limit: 7 } })
    expect(await outcomeOf(deleteRegisteredLimit(admin, registeredId))).toMatch(/^403/)
    await deleteLimit(admin, own?.id ?? '')
    await deleteRegisteredLimit(admin, registeredId)
    await deleteService(admin, service.id)
    expect(await told()).toMatchObject([
      { type: 'identity.service.created', ...by, payload: { name: 'glance' } },
      { type: 'identity.region.created', ...by, payload: { id: 'one' } },
      { type: 'identity.endpoint.created', ...by },
      { type: 'identity.endpoint.updated', ...by, payload: { url: expect.stringMatching(/\/v2$/) } },
      { type: 'identity.project.created', ...by },
      { type: 'identity.registered_limit.created', ...by, payload: { resource_name: 'image_size_total' } },
      { type: 'identity.registered_limit.created', ...by, payload: { resource_name: 'image_count_total' } },
      { type: 'identity.registered_limit.updated', before: { default_limit: 10 }, payload: { default_limit: 20 } },
      { type: 'identity.limit.created', ...by, payload: { project_id: project.id, resource_limit: 5 } },
      { type: 'identity.limit.updated', ...by, before: { resource_limit: 5 }, payload: { resource_limit: 7 } },
      { type: 'identity.limit.deleted', ...by, payload: { deleted: true } },
      { type: 'identity.registered_limit.deleted', ...by },
      { type: 'identity.service.deleted', ...by },
    ])
  })

  it('tells nothing of a change that did not happen', async () => {
    await createRole(admin, { role: { name: 'r' } })
    await told()
    expect(await outcomeOf(createRole(admin, { role: { name: 'r' } }))).toMatch(/^409/)
    expect(await outcomeOf(changeRole(admin, 'none', { role: { name: 'x' } }))).toMatch(/^404/)
    const nobody = contextOf({ roles: ['member'] })
    expect(await outcomeOf(createRole(nobody, { role: { name: 'y' } }))).toMatch(/^403/)
    expect(await told()).toEqual([])
  })
})
