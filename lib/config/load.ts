import { isAbsolute, join, relative, resolve } from 'node:path'
import type { z } from 'zod'
import { apiError } from '@/lib/errors/api-error'
import { processSingleton, setProcessSingleton } from '@/lib/runtime/process-singleton'
import { environment } from './environment'
import { type Config, configSchema, type FileStoreConfig, type StoreConfig } from './schema'

const prefix = 'GLIMPSE__'

/** The configuration with everything derived filled in: absolute folders, database URL, at least one store. */
export interface EffectiveConfig extends Config {
  readonly databaseUrl: string
  readonly dataFolder: string
  readonly stagingFolder: string
  readonly defaultStoreId: string
}

/** The process's configuration, read once. Throws `config_invalid` with the field named. */
export function config(): EffectiveConfig {
  return processSingleton('config', () => loadConfig(environment()))
}

export function setConfig(value: EffectiveConfig | undefined): void {
  setProcessSingleton('config', value)
}

/** Builds a configuration from environment variables; see schema.ts for the names. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): EffectiveConfig {
  const parsed = configSchema.safeParse(environmentTree(env))
  if (!parsed.success) throw apiError('config_invalid', { public: describeIssues(parsed.error) })
  const values = parsed.data
  const dataFolder = resolve(values.server.dataFolder)
  const stores =
    Object.keys(values.stores).length > 0
      ? values.stores
      : { file: { type: 'filesystem' as const, path: 'images', weight: 0, sparse: true, callTimeoutSeconds: 15 } }
  const absolute = (path: string) => (isAbsolute(path) ? path : join(dataFolder, path))
  for (const [id, store] of Object.entries<StoreConfig>(stores)) {
    if (store.type !== 'filesystem') continue
    if (store.path !== undefined) store.path = absolute(store.path)
    if (store.folders !== undefined) {
      store.folders = store.folders.map(({ path, priority }) => ({ path: absolute(path), priority }))
    }
    refuseFolderOffMount(id, store)
  }
  const ids = Object.keys(stores)
  const reserved = ids.find((id) => id.startsWith('os_glance'))
  if (reserved !== undefined) {
    throw apiError('config_invalid', {
      public: `${variableName(['stores', reserved])}: ids that begin with os_glance are the service's own`,
    })
  }
  const defaultStoreId = values.storage.defaultStore ?? (ids.length === 1 ? ids[0] : undefined)
  if (defaultStoreId === undefined || !ids.includes(defaultStoreId)) {
    throw apiError('config_invalid', {
      public: `GLIMPSE__STORAGE__DEFAULT_STORE: must name one of the stores ${ids.join(', ')}`,
    })
  }
  if (stores[defaultStoreId]?.type === 'http') {
    throw apiError('config_invalid', {
      public: `GLIMPSE__STORAGE__DEFAULT_STORE: ${defaultStoreId} is read-only; name a store that takes data`,
    })
  }
  if (values.identity.backend === 'keystone') {
    for (const field of ['authUrl', 'username', 'password'] as const) {
      if (values.keystone[field] === undefined) {
        throw apiError('config_invalid', {
          public: `${variableName(['keystone', field])}: is needed when GLIMPSE__IDENTITY__BACKEND is keystone`,
        })
      }
    }
  }
  const stagingFolder = resolve(dataFolder, values.imports.stagingPath)
  const { file, folders } = values.policy
  const policy = {
    ...values.policy,
    ...(file !== undefined && { file: absolute(file) }),
    folders: folders.map(absolute),
  }
  return {
    ...{ ...values, policy, stores, dataFolder, stagingFolder, defaultStoreId },
    databaseUrl: databaseUrl(values, dataFolder),
  }
}

function refuseFolderOffMount(id: string, { mount, path, folders = [] }: FileStoreConfig): void {
  if (typeof mount !== 'string') return
  const base = resolve(mount)
  for (const folder of [...(path === undefined ? [] : [path]), ...folders.map((each) => each.path)]) {
    const [first] = relative(base, resolve(folder)).split('/')
    if (first !== '..') continue
    throw apiError('config_invalid', {
      public: `${variableName(['stores', id, 'mount'])}: ${folder} does not lie in ${mount}`,
    })
  }
}

function databaseUrl(values: Config, dataFolder: string): string {
  const url = values.database.url ?? `file:${join(dataFolder, 'glimpse.db')}`
  if (/^postgres(ql)?:\/\//.test(url)) return url
  if (url.startsWith('file:')) return `file:${resolve(url.slice('file:'.length))}`
  throw apiError('config_invalid', {
    public: 'GLIMPSE__DATABASE__URL: must begin with file: (SQLite) or postgresql://',
  })
}

/** GLIMPSE__A__B_C=v becomes { a: { bC: v } }; ids of stores and webhooks keep their letters, in lower case. */
function environmentTree(env: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const tree: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(prefix) || value === undefined) continue
    const parts = name.slice(prefix.length).toLowerCase().split('__')
    const hasIds = parts[0] === 'stores' || parts[0] === 'webhooks'
    const path = parts.map((part, index) => (hasIds && index === 1 ? part : camelCase(part)))
    let node = tree
    for (const part of path.slice(0, -1)) {
      const next = node[part]
      if (typeof next === 'object' && next !== null) node = next as Record<string, unknown>
      else {
        const made: Record<string, unknown> = {}
        node[part] = made
        node = made
      }
    }
    const leaf = path.at(-1)
    if (leaf !== undefined) node[leaf] = value
  }
  return tree
}

function describeIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      const keys = issue.code === 'unrecognized_keys' ? issue.keys : []
      if (keys.length > 0) {
        return keys.map((key) => `${variableName([...issue.path, key])}: is not a setting of Glimpse`).join('; ')
      }
      return `${variableName(issue.path)}: ${issue.message}`
    })
    .join('; ')
}

function variableName(path: readonly PropertyKey[]): string {
  return prefix + path.map((part) => snakeCase(String(part)).toUpperCase()).join('__')
}

function camelCase(text: string): string {
  return text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

function snakeCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
