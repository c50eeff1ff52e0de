import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { bootstrapIdentity, renderCloudsYaml } from './bootstrap'
import { listEndpointRows, updateEndpoint } from './catalog-repo'
import { issueToken } from './tokens'
import { deleteUserRow, listUserRows } from './user-repo'

const address = 'http://127.0.0.1:9292'

const signIn = (password: string) =>
  issueToken(
    {
      identity: {
        methods: ['password'],
        password: { user: { name: 'admin', domain: { id: 'default' }, password } },
      },
    },
    '192.0.2.1',
  )

describe.each(testFlavours())('bootstrapIdentity on %s', (flavour) => {
  let test: TestDatabase
  afterEach(() => test.close())

  describe('with nothing configured', () => {
    beforeEach(async () => {
      test = await openTestDatabase(flavour)
    })

    it('makes an administrator whose generated password works, and tells it once', async () => {
      const first = await bootstrapIdentity(address)
      const { facts } = await signIn(first.generatedPassword ?? '')
      expect(facts.scope.kind === 'project' && facts.scope.project.name).toBe('admin')
      expect(facts.roles.map((role) => role.name)).toEqual(['admin', 'member', 'reader'])
      expect(facts.user.mustChange).toBe(true)
      expect((await bootstrapIdentity(address)).generatedPassword).toBeNull()
    })

    it('makes everything once when nodes start together, and one of them gets the password', async () => {
      const results = await Promise.all([1, 2, 3].map(() => bootstrapIdentity(address)))
      const passwords = results.flatMap(({ generatedPassword }) => generatedPassword ?? [])
      expect(passwords).toHaveLength(1)
      await signIn(passwords[0] ?? '')
      expect(await listUserRows({})).toHaveLength(1)
      expect(await listEndpointRows()).toHaveLength(6)
    })

    it('does not bring back an administrator that was deleted', async () => {
      await bootstrapIdentity(address)
      const [admin] = await listUserRows({ name: 'admin' })
      await deleteUserRow(admin?.id ?? '')
      await bootstrapIdentity(address)
      expect(await listUserRows({})).toEqual([])
    })

    it('moves its own endpoints with the public address and leaves edited ones alone', async () => {
      await bootstrapIdentity(address)
      const edited = (await listEndpointRows()).find((endpoint) => endpoint.url === `${address}/identity`)
      await updateEndpoint(edited?.id ?? '', { url: 'https://keystone.example/' })
      await bootstrapIdentity('https://images.example')
      const urls = (await listEndpointRows()).map((endpoint) => endpoint.url).sort()
      expect(urls).toEqual([
        'https://images.example',
        'https://images.example',
        'https://images.example',
        'https://images.example/identity',
        'https://images.example/identity',
        'https://keystone.example/',
      ])
    })
  })

  it('takes the configured password and does not repeat it', async () => {
    test = await openTestDatabase(flavour, { GLIMPSE__IDENTITY__ADMIN_PASSWORD: 'a long enough one' })
    expect((await bootstrapIdentity(address)).generatedPassword).toBeNull()
    const { facts } = await signIn('a long enough one')
    expect(facts.user.mustChange).toBe(false)
  })
})

describe('renderCloudsYaml', () => {
  const options = { authUrl: `${address}/identity`, region: 'R', userName: 'admin', projectName: 'p', domainName: 'D' }

  it('quotes what YAML would read otherwise', () => {
    expect(renderCloudsYaml({ ...options, password: 'a: "b" #c' })).toContain('      password: "a: \\"b\\" #c"\n')
  })

  it('leaves an unknown password out', () => {
    expect(renderCloudsYaml({ ...options, password: null })).not.toMatch(/^\s*password:/m)
  })
})
