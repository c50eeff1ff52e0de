import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { parseYaml, plainValue } from '@/lib/policy/yaml'

/** How to get in, as `OS_*` variables or a clouds.yaml say it. */
export interface CloudSettings {
  /** without a slash at the end */
  readonly authUrl: string
  readonly auth: Readonly<Record<string, string>>
  readonly region: string | undefined
  readonly interfaceName: string
  /** of the image service, when it is not looked up in the catalog */
  readonly imageEndpoint: string | undefined
  readonly caFile: string | undefined
  readonly isInsecure: boolean
}

type Variables = Readonly<Record<string, string | undefined>>

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const cloudSchema = z.looseObject({
  auth: z.record(z.string(), scalar.nullish()),
  region_name: scalar.nullish(),
  interface: scalar.nullish(),
  image_endpoint_override: scalar.nullish(),
  cacert: scalar.nullish(),
  verify: z.boolean().nullish(),
})
const fileSchema = z.looseObject({ clouds: z.record(z.string(), cloudSchema) })

const fields = [
  'username',
  'user_id',
  'password',
  'user_domain_name',
  'user_domain_id',
  'project_name',
  'project_id',
  'project_domain_name',
  'project_domain_id',
  'domain_name',
  'token',
  'application_credential_id',
  'application_credential_name',
  'application_credential_secret',
] as const

/**
 * A cloud by its name in a clouds.yaml, or by variables as the `openstack` command has them, which also win over the
 * file. Throws an Error that says what is missing.
 */
export function cloudSettings(
  variables: Variables,
  { cloud, folder }: { cloud?: string; folder: string },
): CloudSettings {
  const name = cloud ?? variables.OS_CLOUD
  const file = name === undefined ? undefined : cloudInFile(name, variables, folder)
  const auth: Record<string, string> = {}
  for (const field of fields) {
    const value = variables[`OS_${field.toUpperCase()}`] || file?.auth[field]
    if (value) auth[field] = value
  }
  const authUrl = variables.OS_AUTH_URL || file?.auth.auth_url
  if (!authUrl) throw new Error('no cloud is named: set OS_AUTH_URL and its like, or OS_CLOUD for a clouds.yaml')
  return {
    authUrl: withVersion(authUrl.replace(/\/+$/, '')),
    auth,
    region: variables.OS_REGION_NAME || file?.region_name || undefined,
    interfaceName: (variables.OS_INTERFACE || file?.interface || 'public').replace(/URL$/, ''),
    imageEndpoint: variables.OS_IMAGE_ENDPOINT_OVERRIDE || file?.image_endpoint_override || undefined,
    caFile: variables.OS_CACERT || file?.cacert || undefined,
    isInsecure: file?.verify === false || /^(1|true)$/i.test(variables.OS_INSECURE ?? ''),
  }
}

function withVersion(url: string): string {
  return /\/v3$/.test(url) ? url : `${url}/v3`
}

function cloudInFile(name: string, variables: Variables, folder: string) {
  const path = filesOf(variables, folder).find((candidate) => existsSync(candidate))
  if (path === undefined) throw new Error(`no clouds.yaml has a cloud ${name}: there is none`)
  const parsed = fileSchema.safeParse(plainValue(parseYaml(readFileSync(path, 'utf8'))))
  const found = parsed.data?.clouds[name]
  if (found === undefined) throw new Error(`${path} has no cloud ${name}`)
  return found
}

function filesOf(variables: Variables, folder: string): string[] {
  const named = variables.OS_CLIENT_CONFIG_FILE
  const user = variables.XDG_CONFIG_HOME || join(homedir(), '.config')
  const usual = [folder, join(user, 'openstack'), '/etc/openstack'].map((place) => join(place, 'clouds.yaml'))
  return named ? [named] : usual
}

/** The body of a request for a token. */
export function authRequest({ auth }: CloudSettings): object {
  const domainOf = (kind: 'user' | 'project') => {
    const [id, name] = [auth[`${kind}_domain_id`], auth[`${kind}_domain_name`] ?? auth.domain_name]
    return id !== undefined ? { id } : name !== undefined ? { name } : { id: 'default' }
  }
  const user = auth.user_id ? { id: auth.user_id } : { name: auth.username, domain: domainOf('user') }
  const { application_credential_secret: secret, application_credential_id: id, application_credential_name } = auth
  if (secret !== undefined) {
    const credential = id !== undefined ? { id, secret } : { name: application_credential_name, secret, user }
    return { auth: { identity: { methods: ['application_credential'], application_credential: credential } } }
  }
  const identity =
    auth.token !== undefined
      ? { methods: ['token'], token: { id: auth.token } }
      : { methods: ['password'], password: { user: { ...user, password: auth.password } } }
  const project = auth.project_id
    ? { id: auth.project_id }
    : auth.project_name
      ? { name: auth.project_name, domain: domainOf('project') }
      : undefined
  return { auth: { identity, ...(project && { scope: { project } }) } }
}
