import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { setConfig } from '@/lib/config/load'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { outcomeOf } from '@/lib/errors/test-outcome'
import { admits, allowed } from './enforce'
import { forgetPolicy, loadPolicy, policyState, reloadPolicy } from './policy-source'
import { insertRevision, type StoredValue } from './revision-repo'
import { judgeRules } from './rule-faults'
import { newImageTarget } from './targets'

// As it is, and counted.
vi.mock('./rule-faults', async (importActual) => {
  const actual = await importActual<typeof import('./rule-faults')>()
  return { ...actual, judgeRules: vi.fn(actual.judgeRules) }
})

const reader = contextOf({ roles: ['reader'] })
const target = newImageTarget({ ownerId: 'mine', visibility: 'private' })
const mayDelete = () => allowed(reader, 'delete_image', target)

describe.each(testFlavours())('policy files on %s', (flavour) => {
  let world: TestDatabase | undefined

  afterEach(async () => {
    forgetPolicy()
    await world?.close()
    world = undefined
  })

  /** A node whose settings name a policy file with this text, if any, in its data folder. */
  async function open(
    text?: string,
    policy: { folders?: string[]; acceptUnsafe?: boolean; enforceNewDefaults?: boolean } = {},
  ) {
    world = await openTestDatabase(flavour)
    const { folder, config } = world
    const file = join(folder, 'policy.yaml')
    const write = (content: string) => writeFileSync(file, content)
    const folders = (policy.folders ?? []).map((name) => join(folder, name))
    if (text !== undefined) write(text)
    setConfig({ ...config, policy: { ...config.policy, ...policy, folders, ...(text !== undefined && { file }) } })
    return { folder, file, write, db: world.db }
  }

  const revision = (number: number, rules: Readonly<Record<string, StoredValue>>) => ({
    ...{ number, action: 'edit' as const, detail: null, rules: new Map(Object.entries(rules)), reason: 'r' },
    ...{ userId: null, userName: null, createdAt: 0 },
  })

  it('replaces defaults, and a line that is removed is its default again', async () => {
    const { write } = await open('delete_image: role:reader\n')
    await loadPolicy()
    expect(mayDelete()).toBe(true)
    write('# nothing\n')
    await reloadPolicy()
    expect(mayDelete()).toBe(false)
  })

  it('are read as JSON too, and taken up when they are put back with an older time', async () => {
    const { write, file } = await open('{"delete_image": [["role:reader"], ["role:x", "role:y"]]}')
    await loadPolicy()
    expect(mayDelete()).toBe(true)
    write('{"delete_image": "!"}')
    utimesSync(file, new Date(1_000_000), new Date(1_000_000))
    await reloadPolicy()
    expect(mayDelete()).toBe(false)
    expect(allowed(contextOf({ roles: ['admin'] }), 'delete_image', target)).toBe(false)
  })

  it('are judged once when they are taken up', async () => {
    const { write } = await open('delete_image: role:reader\n')
    vi.mocked(judgeRules).mockClear()
    await loadPolicy()
    expect(judgeRules).toHaveBeenCalledTimes(1)
    write('delete_image: "!"')
    await reloadPolicy()
    await reloadPolicy()
    expect(judgeRules).toHaveBeenCalledTimes(2)
    expect(mayDelete()).toBe(false)
  })

  it('leave the defaults of former releases beside those that they do not name, where the settings say so', async () => {
    const { write } = await open('delete_image: "!"\nmodify_image: role:x\n', { enforceNewDefaults: false })
    await loadPolicy()
    const own = newImageTarget({ ownerId: 'mine', visibility: 'private' })
    expect([mayDelete(), allowed(reader, 'modify_image', own), allowed(reader, 'upload_image', own)]).toEqual([
      false,
      false,
      true,
    ])
    write('')
    await reloadPolicy()
    expect(mayDelete()).toBe(true)
    // Its default alone is stricter than what it is without a line.
    write('delete_image: "rule:context_is_admin or (role:member and project_id:%(project_id)s)"')
    await reloadPolicy()
    expect([mayDelete(), policyState().faults]).toEqual([false, []])
  })

  it('of folders count in the order of their names, without hidden ones and folders', async () => {
    const { folder } = await open('delete_image: "!"', { folders: ['policy.d'] })
    mkdirSync(join(folder, 'policy.d', '30.yaml'), { recursive: true })
    writeFileSync(join(folder, 'policy.d', '20.yaml'), 'delete_image: role:reader')
    writeFileSync(join(folder, 'policy.d', '10.json'), '{"delete_image": "role:none"}')
    writeFileSync(join(folder, 'policy.d', '.40.yaml'), 'delete_image: "!"')
    await loadPolicy()
    expect(mayDelete()).toBe(true)
  })

  it.each([
    ['a rule that nobody defines', 'get_image: ""\ndelete_image: rule:typo', 'line 2: delete_image refers to typo'],
    ['nothing', 'delete_image:', 'line 1: delete_image has the value null, which would admit everybody'],
    ['false', 'delete_image: false', 'line 1: delete_image has the value false'],
    ['an empty list', 'delete_image: []', 'line 1: delete_image is an empty list'],
    ['a number', 'delete_image: 7', 'line 1: delete_image has the value 7'],
    ['a list of numbers', 'delete_image: [7]', 'line 1: delete_image holds something else'],
    ['a map', 'delete_image: {a: b}', 'line 1: delete_image has the value {"a":"b"}'],
    [
      'a string that cannot be parsed',
      '\n\ndelete_image: "role:a and"',
      'line 3: delete_image "role:a and" cannot be parsed',
    ],
    ['blanks', 'delete_image: " "', 'cannot be parsed'],
    ['a format that is none', 'delete_image: "role:%(x"', 'cannot be evaluated: a key is not closed'],
    ['a kind that is none', 'delete_image: "1a:x"', 'has no kind of check'],
    ['a word under not', 'delete_image: not admin', '"admin" is a word without a colon'],
    ['a circle', 'metadef_admin: rule:a\na: rule:b\nb: rule:metadef_admin', 'refers to itself: metadef_admin → a → b'],
    ['a remote check', 'delete_image: http://example.org/', 'remote checks are switched off'],
    ['text that is no YAML', 'delete_image: role:a\n  b: c', 'line 2: a value with a colon'],
    ['text that is no map', '- delete_image', 'line 1: a policy file is a map'],
    ['a rule that is there twice', 'a: "@"\na: "!"', 'line 2: a is there twice'],
  ])('with %s keeps a node from starting, and a running one at what was before', async (_, text, reason) => {
    const { write, file } = await open(text)
    expect(await outcomeOf(loadPolicy())).toContain(`500 GLIMPSE__POLICY__FILE: ${file}`)
    expect(policyState().problem?.reason).toContain(reason)
    write('delete_image: role:reader')
    await reloadPolicy()
    expect([policyState().problem, mayDelete()]).toEqual([null, true])
    write(`get_image: "!"\n${text}`)
    await reloadPolicy()
    expect(policyState().problem?.reason).toContain(file)
    expect([mayDelete(), allowed(reader, 'get_image', target)]).toEqual([true, true])
  })

  it('that vanish leave the rules as they are', async () => {
    const { file } = await open('delete_image: role:reader')
    await loadPolicy()
    rmSync(file)
    await reloadPolicy()
    expect(policyState().problem?.reason).toBe(`${file}: cannot be read (ENOENT)`)
    expect(mayDelete()).toBe(true)
  })

  it('keep a node from starting when they are not there', async () => {
    await open(undefined, { folders: ['none'] })
    expect(await outcomeOf(loadPolicy())).toContain('cannot be read (ENOENT)')
  })

  it('are loaded with the meaning of the original when that is asked for', async () => {
    const { write } = await open('delete_image: rule:typo\nget_image:', { acceptUnsafe: true })
    await loadPolicy()
    expect([mayDelete(), allowed(contextOf({}), 'get_image', target)]).toEqual([true, true])
    write('delete_image: true')
    await reloadPolicy()
    expect(policyState().problem?.reason).toContain('delete_image has the value true')
  })

  it('may define rules of their own, which others refer to', async () => {
    await open('owner: project_id:%(project_id)s\ndelete_image: rule:owner and role:reader\n')
    await loadPolicy()
    expect(mayDelete()).toBe(true)
    expect(policyState().faults).toEqual([
      { rule: 'owner', reason: expect.stringContaining('is not a rule of the image service'), isFatal: false },
    ])
  })

  it('count less than what administrators set', async () => {
    const { db } = await open('delete_image: "!"\nmodify_image: role:reader')
    await loadPolicy()
    await insertRevision(db, revision(1, { delete_image: 'role:reader' }))
    await reloadPolicy()
    expect([mayDelete(), allowed(reader, 'modify_image', target)]).toEqual([true, true])
    await insertRevision(db, revision(2, {}))
    await reloadPolicy()
    expect([mayDelete(), policyState().revision]).toEqual([false, 2])
  })

  it('that lack what a stored rule refers to close that rule on this node', async () => {
    const { db } = await open('delete_image: role:reader')
    await loadPolicy()
    await insertRevision(db, revision(1, { delete_image: 'rule:elsewhere', context_is_admin: 'role:root' }))
    await reloadPolicy()
    expect(mayDelete()).toBe(false)
    expect(policyState().problem?.reason).toMatch(/^delete_image refers to elsewhere/)
    expect(admits(contextOf({ roles: ['root'] }), 'context_is_admin')).toBe(true)
    await insertRevision(db, revision(2, {}))
    await reloadPolicy()
    expect([mayDelete(), policyState().problem]).toEqual([true, null])
  })

  it('that were refused for a stored rule are in force as soon as that is gone', async () => {
    const { db, write } = await open('mine: role:reader\ndelete_image: "!"')
    await loadPolicy()
    await insertRevision(db, revision(1, { modify_image: 'rule:mine' }))
    await reloadPolicy()
    write('delete_image: role:reader')
    await reloadPolicy()
    expect(policyState().problem?.reason).toBe(
      'modify_image refers to mine, a rule that nobody defines; the rule default would decide',
    )
    expect(mayDelete()).toBe(false)
    await insertRevision(db, revision(2, {}))
    await reloadPolicy()
    expect([mayDelete(), policyState().problem]).toEqual([true, null])
  })
})
