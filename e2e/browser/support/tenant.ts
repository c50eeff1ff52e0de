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
  /** Somebody else in the same project. */
  addPerson(roles: readonly string[]): Promise<Person>
  remove(): Promise<void>
}

/** Makes a tenant with these roles on the server under test. */
export async function createTenant(label: string, roles: readonly string[] = ['member']): Promise<Tenant> {
  const authUrl = process.env.GLIMPSE_TEST_AUTH_URL ?? ''
  const admin = { username: 'admin', password: process.env.GLIMPSE_TEST_ADMIN_PASSWORD ?? '', projectName: 'admin' }
  const identity = new IdentityAdmin(authUrl, (await signIn(authUrl, admin)).token)
  const name = `${label}-${randomBytes(4).toString('hex')}`
  const projectId = await identity.createProject(name)
  const userIds: string[] = []
  const createPerson = async (personName: string, theirRoles: readonly string[]): Promise<Person> => {
    const person = { name: personName, password: randomBytes(12).toString('hex') }
    const userId = await identity.createUser(person.name, person.password)
    userIds.push(userId)
    for (const role of theirRoles) await identity.grant(projectId, userId, (await identity.findRole(role)) ?? '')
    return person
  }
  const person = await createPerson(name, roles)
  const { token } = await signIn(authUrl, { username: name, password: person.password, projectId })
  return {
    projectId,
    projectName: name,
    person,
    api: ImageApi.withToken(token),
    addPerson: (theirRoles) => createPerson(`${name}-${userIds.length}`, theirRoles),
    remove: async () => {
      for (const userId of userIds) await identity.remove('users', userId)
      await identity.remove('projects', projectId)
    },
  }
}
