import { randomBytes } from 'node:crypto'
import { IdentityAdmin, signIn } from '../../support/identity-client'
import { ImageApi } from './image-api'
import type { Person } from './sign-in'

/** A project with one person in it, and that person's view of the Image API. */
export interface Tenant {
  readonly projectId: string
  readonly projectName: string
  readonly person: Person
  readonly api: ImageApi
  remove(): Promise<void>
}

/** Makes a tenant with these roles on the server under test. */
export async function createTenant(label: string, roles: readonly string[] = ['member']): Promise<Tenant> {
  const authUrl = process.env.GLIMPSE_TEST_AUTH_URL ?? ''
  const admin = { username: 'admin', password: process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '', projectName: 'admin' }
  const identity = new IdentityAdmin(authUrl, (await signIn(authUrl, admin)).token)
  const name = `${label}-${randomBytes(4).toString('hex')}`
  const person = { name, password: randomBytes(12).toString('hex') }
  const [projectId, userId] = [await identity.createProject(name), await identity.createUser(name, person.password)]
  for (const role of roles) await identity.grant(projectId, userId, (await identity.findRole(role)) ?? '')
  const { token } = await signIn(authUrl, { username: name, password: person.password, projectId })
  return {
    projectId,
    projectName: name,
    person,
    api: ImageApi.withToken(token),
    remove: async () => {
      await identity.remove('users', userId)
      await identity.remove('projects', projectId)
    },
  }
}
