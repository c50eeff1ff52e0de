import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConfig } from './load'
import { configSchema } from './schema'

const refusal = (env: Readonly<Record<string, string>>): string => {
  try {
    loadConfig(env)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}

const folderStore = (folders: string) => ({
  GLIMPSE__STORES__FAST__TYPE: 'filesystem',
  GLIMPSE__STORES__FAST__FOLDERS: folders,
})

describe('loadConfig', () => {
  it('needs nothing: SQLite and one store in the data folder', () => {
    const settings = loadConfig({})
    expect(settings.databaseUrl).toBe(`file:${resolve('.data/glimpse.db')}`)
    expect(settings.stores).toEqual({ file: expect.objectContaining({ path: resolve('.data/images') }) })
    expect(settings.defaultStoreId).toBe('file')
  })

  it('reads numbers, switches and lists from text, and ids of stores in lower case', () => {
    const settings = loadConfig({
      GLIMPSE__SERVER__PORT: '8080',
      GLIMPSE__FORMATS__REQUIRE_MATCH: 'false',
      GLIMPSE__FORMATS__DISK: 'raw, qcow2',
      GLIMPSE__STORES__FAST_ONE__TYPE: 'filesystem',
      GLIMPSE__STORES__FAST_ONE__PATH: '/srv/images',
    })
    expect(settings.server.port).toBe(8080)
    expect(settings.formats).toMatchObject({ requireMatch: false, disk: ['raw', 'qcow2'] })
    expect(settings.stores).toHaveProperty('fast_one.path', '/srv/images')
  })

  it('reads folders with priorities: what follows the last colon, else 0', () => {
    const { stores, dataFolder } = loadConfig(folderStore('/srv/a:200, /srv/b:c:-1,relative'))
    expect(stores.fast).toMatchObject({
      folders: [
        { path: '/srv/a', priority: 200 },
        { path: '/srv/b:c', priority: -1 },
        { path: resolve(dataFolder, 'relative'), priority: 0 },
      ],
    })
  })

  it('knows stores on the web, and takes none of them for uploads', () => {
    const web = { GLIMPSE__STORES__WEB__TYPE: 'http', GLIMPSE__STORES__WEB__WEIGHT: '-5' }
    const settings = loadConfig({ ...folderStore('/srv/a'), ...web, GLIMPSE__STORAGE__DEFAULT_STORE: 'fast' })
    expect(settings.stores.web).toEqual({ type: 'http', weight: -5 })
    const text = 'GLIMPSE__STORAGE__DEFAULT_STORE: web is read-only'
    expect(refusal(web)).toContain(text)
    expect(refusal({ ...folderStore('/srv/a'), ...web, GLIMPSE__STORAGE__DEFAULT_STORE: 'web' })).toContain(text)
    expect(refusal({ ...web, GLIMPSE__STORES__WEB__PATH: '/srv' })).toContain('GLIMPSE__STORES__WEB__PATH: is not')
    expect(refusal({ GLIMPSE__STORES__WEB__TYPE: 'gopher' })).toContain('GLIMPSE__STORES__WEB__TYPE: ')
  })

  it('takes a switch or a mount that folders lie on, and permissions that let the owner read', () => {
    for (const [text, mount] of [
      ['true', true],
      ['false', false],
      ['/srv', '/srv'],
    ] as const) {
      const settings = { ...folderStore('/srv/a:1,/srv/b:2'), GLIMPSE__STORES__FAST__MOUNT: text }
      expect(loadConfig(settings).stores.fast).toMatchObject({ mount })
    }
    for (const filePermissions of ['0', '640', '0444']) {
      const settings = { ...folderStore('/srv/a'), GLIMPSE__STORES__FAST__FILE_PERMISSIONS: filePermissions }
      expect(loadConfig(settings).stores.fast).toMatchObject({ filePermissions })
    }
  })

  it('knows no import method when the list is empty', () => {
    expect(loadConfig({ GLIMPSE__IMAGES__ENABLED_IMPORT_METHODS: '' }).images.enabledImportMethods).toEqual([])
  })

  it.each([
    [{ GLIMPSE__SERVER__PROT: '1' }, 'GLIMPSE__SERVER__PROT: is not a setting of Glimpse'],
    [{ GLIMPSE__SEVER__PORT: '1' }, 'GLIMPSE__SEVER: is not a setting of Glimpse'],
    [{ GLIMPSE__SERVER: '1' }, 'GLIMPSE__SERVER: '],
    [{ GLIMPSE__STORES__FAST__KIND: 'x' }, 'GLIMPSE__STORES__FAST__'],
    [
      {
        GLIMPSE__STORES__FAST__TYPE: 'filesystem',
        GLIMPSE__STORES__FAST__PATH: '/srv',
        GLIMPSE__STORES__FAST__WIEGHT: '1',
      },
      'GLIMPSE__STORES__FAST__WIEGHT: is not a setting of Glimpse',
    ],
    [{ GLIMPSE__STORES__FAST__TYPE: 'filesystem' }, 'GLIMPSE__STORES__FAST__FOLDERS: is needed, or a path'],
    [
      { ...folderStore('/srv/a:1'), GLIMPSE__STORES__FAST__PATH: '/srv' },
      'GLIMPSE__STORES__FAST__FOLDERS: cannot be set beside a path',
    ],
    [
      { ...folderStore('/srv/a:1,/srvb:2'), GLIMPSE__STORES__FAST__MOUNT: '/srv' },
      'GLIMPSE__STORES__FAST__MOUNT: /srvb does not lie in /srv',
    ],
    [{ ...folderStore('/srv/a'), GLIMPSE__STORES__FAST__MOUNT: 'srv' }, 'GLIMPSE__STORES__FAST__MOUNT: '],
    [{ ...folderStore('/srv/a'), GLIMPSE__STORES__FAST__FILE_PERMISSIONS: '066' }, 'FAST__FILE_PERMISSIONS: '],
    [folderStore(' , '), 'GLIMPSE__STORES__FAST__FOLDERS: must name a folder'],
    [folderStore('/srv/a:1,/srv/a/:2'), 'GLIMPSE__STORES__FAST__FOLDERS: gives /srv/a/ two priorities'],
    [
      {
        GLIMPSE__STORES__OS_GLANCE_STAGING_STORE__TYPE: 'filesystem',
        GLIMPSE__STORES__OS_GLANCE_STAGING_STORE__PATH: '/srv',
      },
      'GLIMPSE__STORES__OS_GLANCE_STAGING_STORE: ',
    ],
    [{ GLIMPSE__SERVER__PORT: '70000' }, 'GLIMPSE__SERVER__PORT: '],
    [
      { GLIMPSE__WEBHOOKS__A__URL: 'https://u:p@example.org', GLIMPSE__WEBHOOKS__A__SECRET: 'x'.repeat(16) },
      'GLIMPSE__WEBHOOKS__A__URL: must hold no credentials',
    ],
    [
      { GLIMPSE__WEBHOOKS__A__URL: 'ftp://example.org', GLIMPSE__WEBHOOKS__A__SECRET: 'x'.repeat(16) },
      'GLIMPSE__WEBHOOKS__A__URL: ',
    ],
    [
      { GLIMPSE__WEBHOOKS__A__URL: 'https://example.org', GLIMPSE__WEBHOOKS__A__SECRET: 'short' },
      'GLIMPSE__WEBHOOKS__A__SECRET: ',
    ],
    [{ GLIMPSE__SERVER__DATA_FOLDER: '' }, 'GLIMPSE__SERVER__DATA_FOLDER: '],
    [{ GLIMPSE__IMAGES__SHOW_DIRECT_URL: 'maybe' }, 'GLIMPSE__IMAGES__SHOW_DIRECT_URL: '],
    [{ GLIMPSE__DATABASE__URL: 'mysql://x' }, 'GLIMPSE__DATABASE__URL: must begin with'],
    [
      { GLIMPSE__STORAGE__DEFAULT_STORE: 'absent' },
      'GLIMPSE__STORAGE__DEFAULT_STORE: must name one of the stores file',
    ],
    [{ GLIMPSE__IDENTITY__BACKEND: 'keystone' }, 'GLIMPSE__KEYSTONE__AUTH_URL: is needed'],
  ])('refuses %j and names the setting', (env, text) => {
    expect(refusal(env)).toContain(text)
  })
})

/** Every setting as its variable; the settings of a store under the id FAST. */
function variablesOf(schema: unknown, path: readonly string[] = []): string[] {
  const { properties, additionalProperties, anyOf, oneOf } = objectSchema.parse(schema)
  const kinds = anyOf ?? oneOf
  if (kinds?.every((kind) => objectSchema.safeParse(kind).data?.properties !== undefined)) {
    return [...new Set(kinds.flatMap((kind) => variablesOf(kind, path)))]
  }
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([key, value]) => variablesOf(value, [...path, key]))
  }
  if (typeof additionalProperties === 'object') return variablesOf(additionalProperties, [...path, 'fast'])
  return [`GLIMPSE__${path.map((key) => key.replace(/[A-Z]/g, '_$&').toUpperCase()).join('__')}`]
}

const objectSchema = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
})

describe('.env.example', () => {
  const lines = readFileSync(fileURLToPath(new URL('../../.env.example', import.meta.url)), 'utf8').split('\n')
  const assignments = lines.flatMap((line) => {
    const match = /^(# )?(GLIMPSE__\w+)=(.*)$/.exec(line)
    return match === null ? [] : [{ isExample: match[1] !== undefined, name: match[2] ?? '', value: match[3] ?? '' }]
  })

  it('names every setting and no other', () => {
    const names = variablesOf(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }))
    expect(assignments.map(({ name }) => name).sort()).toEqual(names.sort())
  })

  it('shows the defaults', () => {
    const shown = assignments.filter(({ isExample }) => !isExample).map(({ name, value }) => [name, value])
    expect(loadConfig(Object.fromEntries(shown))).toEqual(loadConfig({}))
  })
})
