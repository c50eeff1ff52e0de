import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dashboardCookies } from '../support/dashboard-client.mjs'
import { send } from '../support/http-client'
import { signIn } from '../support/identity-client'
import { startServer } from '../support/start-server.mjs'

type Server = Awaited<ReturnType<typeof startServer>>

let first: Server
let second: Server
let token = ''
let cookie = ''
let folder = ''
let file = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'glimpse-policy-'))
  file = join(folder, 'policy.yaml')
  writeFileSync(file, '# nothing yet\n')
  const secret = 'x'.repeat(32)
  const settings = { GLIMPSE__POLICY__FILE: file, GLIMPSE__SESSION__SECRET: secret, GLIMPSE__LOG__LEVEL: 'warn' }
  first = await startServer({ settings })
  const beside = { GLIMPSE__DATABASE__URL: `file:${join(first.dataFolder, 'glimpse.db')}` }
  second = await startServer({ settings: { ...settings, ...beside } })
  const { adminPassword: password } = first
  token = (await signIn(first.authUrl, { username: 'admin', password, projectName: 'admin' })).token
  cookie = await dashboardCookies(new URL(first.url), 'admin', password)
})
afterAll(async () => {
  await second.stop()
  await first.stop()
  rmSync(folder, { recursive: true, force: true })
})

const base = () => new URL(first.url)
const page = () => ({ cookie, Origin: base().origin, 'Content-Type': 'application/json' })

async function ask(method: string, path: string, document?: object) {
  const body = document === undefined ? {} : { body: JSON.stringify(document) }
  const { status, text } = await send(base(), { method, path: `/api/ui/policy${path}`, headers: page(), ...body })
  return { status, document: text.startsWith('{') ? JSON.parse(text) : text }
}

async function listStatus(server: Server): Promise<number> {
  const answer = await send(new URL(server.url), { path: '/v2/images?limit=1', headers: { 'X-Auth-Token': token } })
  return answer.status
}

async function metric(name: string): Promise<string | undefined> {
  const { text } = await send(base(), { path: '/metrics' })
  return new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]
}

async function health(): Promise<unknown> {
  const { text } = await send(base(), { path: '/healthcheck', headers: { Accept: 'application/json' } })
  return JSON.parse(text).reasons
}

const poll = { timeout: 5_000, interval: 50 }
const number = async () => (await ask('GET', '')).document.revision

describe('policy', () => {
  it('is shown and changed by administrators with a session alone', async () => {
    const { status, document } = await ask('GET', '')
    expect([status, document.revision, document.preset.name, document.problem]).toEqual([200, 0, 'upstream', null])
    expect(document.rules.length).toBe(67)
    const bare = await send(base(), { path: '/api/ui/policy' })
    expect(bare.status).toBe(401)
    const foreign = await send(base(), {
      ...{ method: 'POST', path: '/api/ui/policy/preset', body: '{"preset":"opened","reason":"r"}' },
      headers: { ...page(), Origin: 'https://elsewhere.example' },
    })
    expect(foreign.status).toBe(403)
  })

  it('switches presets with a reason, keeps the history and goes back', async () => {
    expect((await ask('POST', '/preset', { preset: 'opened' })).status).toBe(400)
    expect((await ask('POST', '/preset', { preset: 'opened', reason: ' ' })).status).toBe(400)
    const before = await number()
    const made = await ask('POST', '/preset', { preset: 'opened', reason: 'a test', after: before })
    expect([made.status, made.document.number]).toEqual([200, before + 1])
    expect((await ask('POST', '/preset', { preset: 'rhosp', reason: 'r', after: before })).status).toBe(409)
    expect((await ask('GET', '')).document.preset.name).toBe('opened')
    const exported = await ask('GET', '/export?format=rhosp')
    expect(exported.document).toContain(
      "glance-add_metadef_tags: { key: 'add_metadef_tags', value: 'rule:metadef_default' }",
    )
    await ask('POST', '/rollback', { number: 0, reason: 'back' })
    expect((await ask('GET', '')).document.preset.name).toBe('upstream')
    const again = await ask('POST', '/import', { text: exported.document, mode: 'replace', reason: 'again' })
    expect([again.status, (await ask('GET', '')).document.preset.name]).toEqual([200, 'opened'])
    const { revisions } = (await ask('GET', '/history?limit=3')).document
    expect(revisions.map((each: { action: string }) => each.action)).toEqual(['import', 'rollback', 'preset'])
    await ask('POST', '/rollback', { number: 0, reason: 'back' })
  })

  it('simulates callers, and tells what rules would change', async () => {
    const caller = { roles: ['reader'], projectId: 'p' }
    const question = { rule: 'delete_image', caller, target: { ownerId: 'p', visibility: 'private' } }
    const { document } = await ask('POST', '/simulate', question)
    expect(document).toMatchObject({
      outcome: false,
      status: 403,
      explanation: { decidingCheck: { text: 'role:member' } },
    })
    const other = await ask('POST', '/simulate', { ...question, rules: { delete_image: 'role:reader' } })
    expect(other.document).toMatchObject({ outcome: true, status: 200 })
    const matrix = await ask('POST', '/matrix', { rules: { delete_image: 'role:reader' } })
    expect(matrix.document.changes).toContainEqual({
      ...{ rule: 'delete_image', persona: 'reader', target: 'own', before: 403, after: 200 },
    })
  })

  it('audits what a change would open to whom, and looks for words that administrators set', async () => {
    const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ namespace: 'Project::Zeus', visibility: 'public', tags: [{ name: 'zeus' }] })
    await send(base(), { method: 'POST', path: '/v2/metadefs/namespaces', headers, body })
    const list = await ask('GET', '/audit/words')
    expect([list.status, list.document.words.includes('customer')]).toEqual([200, true])
    expect((await ask('PUT', '/audit/words', { words: [''] })).status).toBe(400)
    expect((await ask('PUT', '/audit/words', { words: ['zeus'] })).document).toEqual({ words: ['zeus'], ignored: [] })
    const { status, document } = await ask('POST', '/audit', { preset: 'opened' })
    expect([status, document.summary.lists.becomesWritable.namespaces, document.summary.marks.high]).toEqual([
      200, 1, 2,
    ])
    expect(document.findings[0].name).toBe('Project::Zeus')
    const now = await ask('POST', '/audit', {})
    expect(now.document.summary.lists.becomesWritable.namespaces).toBe(0)
    const whole = await ask('POST', '/audit', { preset: 'opened', format: 'json' })
    expect(whole.document.findings).toEqual(document.findings)
    const csv = await ask('POST', '/audit', { rules: { add_metadef_tag: 'role:reader' }, format: 'csv' })
    expect(csv.document).toContain('becomesWritable,,namespace,Project::Zeus,,,,,createTag,')
    const broken = await ask('POST', '/audit', { rules: { add_metadef_tag: 'rule:typo' } })
    expect(broken.document.faults).toMatchObject([{ rule: 'add_metadef_tag', isFatal: true }])
    expect((await ask('POST', '/audit', { preset: 'opened', rules: {} })).status).toBe(400)
    expect((await ask('PUT', '/audit/words', { default: true })).document).toEqual(list.document)
    await send(base(), { method: 'DELETE', path: '/v2/metadefs/namespaces/Project::Zeus', headers })
  })

  it('takes up a file that changes, and goes on with the former rules when one is refused', async () => {
    writeFileSync(file, 'get_images: "!"\n')
    await expect.poll(() => listStatus(first), poll).toBe(403)
    await expect.poll(() => listStatus(second), poll).toBe(403)
    writeFileSync(file, 'get_images: "@"\n\npublicize_image: rule:typo\n')
    await expect.poll(() => metric('glimpse_policy_refused'), poll).toBe('1')
    expect(await listStatus(first)).toBe(403)
    expect((await ask('GET', '')).document.problem.reason).toContain(`${file}: line 3: publicize_image refers to typo`)
    expect(await health()).toEqual(['OK', 'policy rules are refused; the last good ones stay in force'])
    const { text } = await send(base(), { path: '/tasks', headers: { cookie, Accept: 'text/html' } })
    expect(text).toContain('Policy rules are refused')
    expect(text).toContain('line 3: publicize_image refers to typo')
    writeFileSync(file, '# nothing\n')
    await expect.poll(() => listStatus(first), poll).toBe(200)
    await expect.poll(() => listStatus(second), poll).toBe(200)
    expect(await metric('glimpse_policy_refused')).toBe('0')
    expect(await health()).toEqual(['OK'])
  })

  it('that was changed two seconds ago decides every request on every node, under load', async () => {
    const seen: { readonly startedAt: number; readonly status: number; readonly node: number }[] = []
    let isOver = false
    const load = [first, second].flatMap((server, node) =>
      Array.from({ length: 4 }, async () => {
        while (!isOver) {
          const startedAt = performance.now()
          seen.push({ startedAt, status: await listStatus(server), node })
        }
      }),
    )
    const changes: { readonly from: number; readonly to: number; readonly status: number }[] = []
    for (const status of [403, 200, 403, 200]) {
      const { document } = await ask('PUT', '', { rules: status === 403 ? { get_images: '!' } : {}, reason: 'load' })
      expect(document.action).toBe('edit')
      const from = performance.now() + 2_000
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      changes.push({ from, to: performance.now(), status })
    }
    isOver = true
    await Promise.all(load)
    for (const { from, to, status } of changes) {
      const asked = seen.filter(({ startedAt }) => startedAt >= from && startedAt <= to - 500)
      expect(new Set(asked.map(({ node }) => node)).size).toBe(2)
      expect(asked.filter((each) => each.status !== status)).toEqual([])
    }
  })

  it('is the old or the new one, whole, after a death in the middle of a switch', async () => {
    for (const [index, preset] of ['opened', 'rhosp', 'opened', 'rhosp'].entries()) {
      const former = (await ask('GET', '')).document.preset.name
      const asked = ask('POST', '/preset', { preset, reason: 'a death' }).catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 2 + index * 6))
      await first.kill()
      await asked
      await first.restart()
      const { document } = await ask('GET', '')
      expect([former, preset]).toContain(document.preset.name)
      const { revisions } = (await ask('GET', '/history?limit=1')).document
      expect(revisions[0]?.number ?? 0).toBe(document.revision)
    }
  })
})
