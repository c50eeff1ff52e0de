import { expect, type Page, test } from '@playwright/test'
import { ruleNames } from '@/lib/policy/defaults'
import { presetRules } from '@/lib/policy/presets'
import { dashboardCookies } from '../support/dashboard-client.mjs'
import { IdentityAdmin } from '../support/identity-client'
import { type Caller, type PolicyServer, startPolicyServer } from './support/own-server'

// Each test opens some fifteen pages; a busy machine may need longer for them than for those of other tests.
test.describe.configure({ timeout: 180_000 })

const personas = {
  reader: ['reader'],
  member: ['member'],
  admin: ['admin'],
  // A role of the operator's own, which only some rules name.
  keeper: ['reader', 'keeper'],
} as const
type Persona = keyof typeof personas
const personaNames = Object.keys(personas) as readonly Persona[]

const keeperRules = {
  tasks_api_access: 'role:keeper or role:admin',
  deactivate: 'role:keeper',
  reactivate: 'role:keeper',
  download_image: 'role:keeper or rule:default',
  publicize_image: 'role:keeper',
}

const policies: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  'the defaults': new Map(),
  'metadata definitions opened': new Map<string, string>([
    ...presetRules('opened'),
    ...new Map(Object.entries(keeperRules)),
  ]),
  'everything denied': new Map(ruleNames.map((name) => [name, '!'])),
}

interface Person {
  readonly name: Persona
  readonly call: Caller
  readonly cookies: readonly { readonly name: string; readonly value: string }[]
}

let server: PolicyServer
// One for all, so that the scripts of the pages are read once.
let page: Page
let root: Caller
let own = ''
let other = ''
const people: Person[] = []

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  page = await browser.newPage()
  server = await startPolicyServer()
  const rootToken = await server.tokenOf('admin', server.adminPassword)
  root = server.callerOf(rootToken)
  const identity = new IdentityAdmin(server.authUrl, rootToken)
  own = await identity.createProject('own')
  other = await identity.createProject('other')
  await identity.createRole('keeper')
  for (const name of personaNames) {
    const userId = await identity.createUser(`the ${name}`, `secret of ${name}`)
    for (const role of personas[name]) await identity.grant(own, userId, (await identity.findRole(role)) ?? '')
    const call = server.callerOf(await server.tokenOf(`the ${name}`, `secret of ${name}`, own))
    const header = await dashboardCookies(server.base, `the ${name}`, `secret of ${name}`)
    const cookies = header.split('; ').map((pair) => {
      const equals = pair.indexOf('=')
      return { name: pair.slice(0, equals), value: pair.slice(equals + 1) }
    })
    people.push({ name, call, cookies })
  }
})
test.afterAll(async () => {
  await page.close()
  await server.stop()
})

/** Changes the rules and waits until what tells these policies apart is answered by them. */
async function putInForce(policy: string): Promise<void> {
  server.setRules(policies[policy] ?? new Map())
  const keeper = people.find(({ name }) => name === 'keeper')?.call ?? root
  const marks = async () => [(await root('GET', '/v2/images')).status, (await keeper('GET', '/v2/tasks')).status]
  const wanted = policy === 'everything denied' ? [403, 403] : [200, policy === 'the defaults' ? 403 : 200]
  await expect.poll(marks, { intervals: [50] }).toEqual(wanted)
}

const kinds = ['own', 'waiting', 'off', 'lent', 'foreign', 'offered'] as const
type Kind = (typeof kinds)[number]
interface World {
  readonly tag: string
  readonly ids: Readonly<Record<Kind, string>>
}

/** Images in every relation to the project that a page may show differently. */
async function createWorld(label: string): Promise<World> {
  const tag = `persona-${label.replaceAll(' ', '-')}`
  const create = async (kind: Kind, owner: string, visibility: string) => {
    const formats = { disk_format: 'raw', container_format: 'bare' }
    const { text } = await root('POST', '/v2/images', {
      name: `${tag} ${kind}`,
      tags: [tag],
      owner,
      visibility,
      ...formats,
    })
    const { id } = JSON.parse(text)
    if (kind !== 'waiting') await root('PUT', `/v2/images/${id}/file`, Buffer.from('data'), 'application/octet-stream')
    return String(id)
  }
  const ids = {
    own: await create('own', own, 'private'),
    waiting: await create('waiting', own, 'private'),
    off: await create('off', own, 'private'),
    lent: await create('lent', own, 'shared'),
    foreign: await create('foreign', other, 'public'),
    offered: await create('offered', other, 'shared'),
  }
  await root('POST', `/v2/images/${ids.off}/actions/deactivate`)
  await root('POST', `/v2/images/${ids.lent}/members`, { member: other })
  await root('POST', `/v2/images/${ids.offered}/members`, { member: own })
  return { tag, ids }
}

/** What a person finds, or may do: names of controls, by where they are. */
type Actions = Record<string, readonly string[]>

const patchType = 'application/openstack-images-v2.1-json-patch'
const isGranted = async (answer: ReturnType<Caller>) => (await answer).status < 300

/** What the Image API lets a person do, found out by doing it. Leaves the world changed. */
async function askApi(call: Caller, { ids, tag }: World): Promise<Actions> {
  const may = async (asked: Readonly<Record<string, () => ReturnType<Caller>>>) => {
    const granted: string[] = []
    for (const [name, ask] of Object.entries(asked)) if (await isGranted(ask())) granted.push(name)
    return granted.toSorted()
  }
  const at = (kind: Kind) => `/v2/images/${ids[kind]}`
  const patch = (kind: Kind, path: string, value: unknown) => () =>
    call('PATCH', at(kind), Buffer.from(JSON.stringify([{ op: 'add', path, value }])), patchType)
  const modify = (kind: Kind) => ({
    change: patch(kind, '/name', 'renamed'),
    tag: () => call('PUT', `${at(kind)}/tags/asked`),
    property: patch(kind, '/asked', 'yes'),
  })
  const expose = (kind: Kind, visibilities: readonly string[]) =>
    Object.fromEntries(visibilities.map((value) => [`Make ${value}`, patch(kind, '/visibility', value)]))
  const download = (kind: Kind) => ({ download: () => call('GET', `${at(kind)}/file`) })
  const deactivate = (kind: Kind) => ({ deactivate: () => call('POST', `${at(kind)}/actions/deactivate`) })
  const remove = (kind: Kind) => ({ delete: () => call('DELETE', at(kind)) })
  const members = (kind: Kind) => `${at(kind)}/members`
  const sees = (kind: Kind) => isGranted(call('GET', at(kind)))
  const room = async (kind: Kind, asked: Parameters<typeof may>[0]) =>
    (await sees(kind)) ? await may(asked) : ['absent']
  const listing = await call('GET', `/v2/images?tag=${tag}`)
  const listed: readonly { readonly id: string }[] = listing.status === 200 ? JSON.parse(listing.text).images : []
  const granted = {
    catalog: (await isGranted(call('GET', '/v2/images')))
      ? await may({ new: () => call('POST', '/v2/images', { name: 'asked' }) })
      : ['denied'],
    new: (await isGranted(call('POST', '/v2/images', { name: 'asked' }))) ? ['form'] : ['denied'],
    inbox: (await isGranted(call('GET', '/v2/images?visibility=shared&member_status=pending'))) ? ['list'] : ['denied'],
    usage: (await isGranted(call('GET', '/v2/info/usage'))) ? ['list'] : ['denied'],
    definitions: (await isGranted(call('GET', '/v2/metadefs/namespaces'))) && (await sees('own')) ? ['shown'] : [],
    offered: await room('offered', {
      accept: () => call('PUT', `${members('offered')}/${own}`, { status: 'accepted' }),
      reject: () => call('PUT', `${members('offered')}/${own}`, { status: 'rejected' }),
    }),
    lent: await room('lent', {
      members: () => call('GET', members('lent')),
      offer: () => call('POST', members('lent'), { member: 'f'.repeat(32) }),
      stop: () => call('DELETE', `${members('lent')}/${other}`),
    }),
    waiting: await room('waiting', {
      upload: () => call('PUT', `${at('waiting')}/file`, Buffer.from('data'), 'application/octet-stream'),
    }),
    off: await room('off', {
      ...download('off'),
      reactivate: () => call('POST', `${at('off')}/actions/reactivate`),
    }),
    own: await room('own', {
      ...modify('own'),
      ...download('own'),
      ...expose('own', ['shared', 'community', 'public']),
      ...deactivate('own'),
      ...remove('own'),
    }),
    foreign: await room('foreign', {
      ...modify('foreign'),
      ...download('foreign'),
      ...expose('foreign', ['private', 'shared', 'community']),
      ...deactivate('foreign'),
      ...remove('foreign'),
    }),
  }
  // The menu of a row has what the API granted above, as far as the list has the row.
  const rowOf = (kind: 'own' | 'lent' | 'foreign') => {
    if (!listed.some(({ id }) => id === ids[kind])) return ['absent']
    const here = granted[kind].filter((name) => rowActs.includes(name))
    return [...here, ...(granted.new.includes('form') ? ['newVersion'] : [])].toSorted()
  }
  return { ...granted, 'row of own': rowOf('own'), 'row of foreign': rowOf('foreign'), 'row of lent': rowOf('lent') }
}

const rowActs = ['change', 'download', 'deactivate', 'delete', 'offer']

/** What the pages let the same person do. */
async function walk(page: Page, world: World): Promise<Actions> {
  const go = async (path: string) => {
    await page.goto(new URL(path, server.base).href, { waitUntil: 'domcontentloaded' })
    // Parts that were streamed are put in their places a frame later; until then React leaves a mark there.
    await page.waitForFunction(() => document.querySelector('template[id^="B:"]') === null)
  }
  const isThere = async (name: string, role: 'link' | 'button' | 'textbox' | 'heading') =>
    (await page.getByRole('main').getByRole(role, { name, exact: true }).count()) > 0
  const found = async (controls: Readonly<Record<string, Promise<boolean>>>) => {
    const there: string[] = []
    for (const [name, isShown] of Object.entries(controls)) if (await isShown) there.push(name)
    return there.toSorted()
  }
  const isDenied = () => isThere('Not for your roles', 'heading')
  const isAbsent = () => isThere('No such image', 'heading')
  const at = (kind: Kind, tab = '') => `/images/${world.ids[kind]}${tab}`

  const room = async (kind: Kind, look: () => Promise<readonly string[]>, tab = '') => {
    await go(at(kind, tab))
    return (await isAbsent()) ? ['absent'] : await look()
  }
  const known = {
    deactivate: 'Deactivate',
    reactivate: 'Reactivate',
    delete: 'Delete…',
    protect: 'Protect',
    hide: 'Hide from lists',
  }
  const rowOf = async (kind: Kind, acts: Readonly<Record<string, string>>) => {
    const name = `Actions for ${world.tag} ${kind}`
    if ((await page.getByRole('main').getByRole('button', { name, exact: true }).count()) === 0) return ['absent']
    const items = await openMenu(page, name)
    return Object.entries(acts)
      .flatMap(([act, label]) => (items.includes(label) ? [act] : []))
      .toSorted()
  }
  const menuOf = async (kind: Kind, changes: readonly string[]) => {
    const items = await openMenu(page, `Actions for ${world.tag} ${kind}`)
    const there = Object.entries(known).flatMap(([name, label]) => (items.includes(label) ? [name] : []))
    const others = there.filter((name) => name !== 'protect' && name !== 'hide')
    // Both are changes of the record as renaming it is.
    expect(there.length - others.length, 'Protect and Hide').toBe(changes.includes('tag') ? 2 : 0)
    return others.concat(there.length > others.length ? ['change'] : [])
  }
  const whole = async (kind: Kind) => {
    const changes = await found({ tag: isThere('Tags', 'textbox'), download: isThere('Download', 'link') })
    const exposures = (await isThere('Change visibility', 'button'))
      ? (await openMenu(page, 'Change visibility')).map((value) => `Make ${value}`)
      : []
    const menu = await menuOf(kind, changes)
    await go(at(kind, '/properties'))
    const properties = await found({ property: isThere('Paste', 'button') })
    return [...changes, ...exposures, ...menu, ...properties].toSorted()
  }

  await go('/images')
  const catalog = (await isDenied()) ? ['denied'] : await found({ new: isThere('New image', 'link') })
  await go(`/images?tag=${world.tag}`)
  const ofRow = {
    change: 'Properties',
    download: 'Download',
    deactivate: known.deactivate,
    delete: known.delete,
    newVersion: 'New version…',
  }
  const rows = {
    'row of own': await rowOf('own', ofRow),
    'row of foreign': await rowOf('foreign', ofRow),
    'row of lent': await rowOf('lent', { offer: 'Share…', newVersion: ofRow.newVersion }),
  }
  await go('/images/new')
  const fresh = (await isThere('New image', 'heading')) ? ['form'] : ['denied']
  await go('/images/inbox')
  const inbox = (await isDenied()) ? ['denied'] : ['list']
  await go('/usage')
  const usage = (await isDenied()) ? ['denied'] : ['list']
  const ownRoom = await room('own', () => whole('own'))
  return {
    catalog,
    new: fresh,
    inbox,
    usage,
    definitions: (await page.getByText('No metadata definitions are loaded').count()) > 0 ? ['shown'] : [],
    offered: await room(
      'offered',
      () => found({ accept: isThere('Accept', 'button'), reject: isThere('Reject', 'button') }),
      '/sharing',
    ),
    lent: await room(
      'lent',
      async () =>
        found({
          members: isThere('Projects', 'heading'),
          offer: isThere('Project IDs', 'textbox'),
          stop: page
            .getByRole('button', { name: /^Stop sharing with/ })
            .count()
            .then((count) => count > 0),
        }),
      '/sharing',
    ),
    waiting: await room('waiting', () => found({ upload: isThere('Upload', 'button') })),
    off: await room('off', async () => {
      const there = await found({ download: isThere('Download', 'link') })
      return [...there, ...(await menuOf('off', await found({ tag: isThere('Tags', 'textbox') })))]
        .filter((name) => name === 'download' || name === 'reactivate')
        .toSorted()
    }),
    ...rows,
    own: ownRoom,
    foreign: await room('foreign', () => whole('foreign')),
  }
}

/** Opens a menu, tells what can be chosen in it, and closes it. */
async function openMenu(page: Page, name: string): Promise<readonly string[]> {
  const menu = page.getByRole('menu', { name })
  // A press before the page's scripts have taken over is lost.
  await expect(async () => {
    if (!(await menu.isVisible())) await page.getByRole('button', { name, exact: true }).click({ timeout: 3000 })
    await expect(menu).toBeVisible({ timeout: 1000 })
  }).toPass({ intervals: [50], timeout: 15_000 })
  await expect(menu.getByRole('menuitem').first()).toBeVisible()
  const items = await menu.getByRole('menuitem').all()
  const names: string[] = []
  for (const item of items) {
    if ((await item.getAttribute('aria-disabled')) === 'true') continue
    // The first text is its name, a second one a hint.
    names.push(((await item.locator('span > span').first().textContent()) ?? '').trim())
  }
  await page.keyboard.press('Escape')
  await expect(menu).toBeHidden()
  return names
}

for (const policy of Object.keys(policies))
  for (const name of personaNames) {
    test(`21. Personas × pages: ${name} finds what the API grants, ${policy}`, async () => {
      const person = people.find((candidate) => candidate.name === name)
      if (person === undefined) throw new Error(`nobody is called ${name}`)
      await putInForce('the defaults')
      const world = await createWorld(`${name} ${policy}`)
      await putInForce(policy)
      await page.context().clearCookies()
      await page.context().addCookies(person.cookies.map((cookie) => ({ ...cookie, url: server.base.href })))
      const rendered = await walk(page, world)
      const granted = await askApi(person.call, world)
      expect(rendered).toEqual(granted)
    })
  }
