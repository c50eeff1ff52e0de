import { config } from '@/lib/config/load'
import { now } from '@/lib/runtime/clock'
import { newHexId, randomToken } from '@/lib/runtime/ids'
import { seedCatalog } from './bootstrap-catalog'
import { createIfAbsent } from './database-errors'
import { hashPassword } from './passwords'
import { findProjectByName, insertDomain, insertProject } from './project-repo'
import { systemTarget } from './records'
import { insertRole, listRoleRows, upsertImplication } from './role-repo'
import { readSetting, writeSetting } from './setting-repo'
import { findUserByName, insertUserWithRoles } from './user-repo'

export interface BootstrapResult {
  readonly authUrl: string
  readonly region: string
  readonly userName: string
  readonly projectName: string
  readonly domainName: string
  /** only from the very start that made the administrator, and only if it was not configured */
  readonly generatedPassword: string | null
}

const DEFAULT_DOMAIN = { id: 'default', name: 'Default' } as const
const ADMIN = 'admin'
const SEEDED = 'identity.seeded'

const roles = [
  { name: 'admin', implies: 'member', description: 'May do everything in every project.' },
  { name: 'member', implies: 'reader', description: 'May use and change what its project owns.' },
  { name: 'reader', implies: null, description: 'May look at what its project owns.' },
  { name: 'service', implies: null, description: 'Held by services that act for users.' },
] as const

/**
 * Fills the built-in identity at start: domain, projects, roles and administrator once, so that what an operator
 * deleted later stays deleted; catalog entries of ours follow the public address and region at every start. Several
 * nodes may run it at the same time; one of them makes the administrator and gets the password.
 * `publicAddress` is scheme, host and port without a slash at the end.
 */
export async function bootstrapIdentity(publicAddress: string): Promise<BootstrapResult> {
  const region = config().identity.region
  let generatedPassword: string | null = null
  if ((await readSetting(SEEDED)) === undefined) {
    await seedDomainAndProjects()
    const adminRoleId = await seedRoles()
    generatedPassword = await seedAdministrator(adminRoleId)
    await writeSetting(SEEDED, now().toISOString())
  }
  await seedCatalog(publicAddress, region)
  return {
    authUrl: `${publicAddress}/identity`,
    region,
    userName: ADMIN,
    projectName: ADMIN,
    domainName: DEFAULT_DOMAIN.name,
    generatedPassword,
  }
}

async function seedDomainAndProjects(): Promise<void> {
  await createIfAbsent(() =>
    insertDomain({ ...DEFAULT_DOMAIN, description: 'The domain that is used when none is named.', isEnabled: true }),
  )
  const projects = [
    { name: ADMIN, description: "The administrators' project." },
    { name: 'service', description: 'The project of services.' },
  ]
  for (const project of projects) {
    await createIfAbsent(() =>
      insertProject({ id: newHexId(), domainId: DEFAULT_DOMAIN.id, isEnabled: true, ...project }),
    )
  }
}

/** Returns the id of the admin role. */
async function seedRoles(): Promise<string> {
  for (const { name, description } of roles) {
    await createIfAbsent(() => insertRole({ id: newHexId(), name, description }))
  }
  const ids = new Map((await listRoleRows()).map((role) => [role.name, role.id]))
  for (const { name, implies } of roles) {
    const [priorRoleId, impliedRoleId] = [ids.get(name), implies === null ? undefined : ids.get(implies)]
    if (priorRoleId !== undefined && impliedRoleId !== undefined) {
      await upsertImplication({ priorRoleId, impliedRoleId })
    }
  }
  const adminRoleId = ids.get(ADMIN)
  if (adminRoleId === undefined) throw new Error('the admin role is missing right after it was made')
  return adminRoleId
}

async function seedAdministrator(adminRoleId: string): Promise<string | null> {
  if ((await findUserByName(DEFAULT_DOMAIN.id, ADMIN)) !== null) return null
  const project = await findProjectByName(DEFAULT_DOMAIN.id, ADMIN)
  const configured = config().identity.adminPassword
  const password = configured ?? randomToken(15)
  const passwordHash = await hashPassword(password)
  const targets = [systemTarget, ...(project === null ? [] : [{ kind: 'project' as const, id: project.id }])]
  const isMine = await createIfAbsent(() =>
    insertUserWithRoles(
      {
        id: newHexId(),
        name: ADMIN,
        domainId: DEFAULT_DOMAIN.id,
        passwordHash,
        email: null,
        description: 'The first administrator.',
        defaultProjectId: project?.id ?? null,
        isEnabled: true,
        mustChange: configured === undefined,
        createdAt: now(),
      },
      targets.map((target) => ({ roleId: adminRoleId, targetKind: target.kind, targetId: target.id })),
    ),
  )
  return isMine && configured === undefined ? password : null
}

export interface CloudsYamlOptions {
  readonly authUrl: string
  readonly region: string
  readonly userName: string
  readonly projectName: string
  readonly domainName: string
  /** null leaves the line out, with a word about it */
  readonly password: string | null
}

/** A clouds.yaml that the OpenStack clients read as it is. Quoted strings of JSON are strings of YAML too. */
export function renderCloudsYaml(options: CloudsYamlOptions): string {
  const text = (value: string) => JSON.stringify(value)
  const lines = [
    'clouds:',
    '  glimpse:',
    '    auth:',
    `      auth_url: ${text(options.authUrl)}`,
    `      username: ${text(options.userName)}`,
    options.password === null ? '      # password: put yours here' : `      password: ${text(options.password)}`,
    `      project_name: ${text(options.projectName)}`,
    `      user_domain_name: ${text(options.domainName)}`,
    `      project_domain_name: ${text(options.domainName)}`,
    `    region_name: ${text(options.region)}`,
    '    identity_api_version: 3',
    '    interface: public',
  ]
  return `${lines.join('\n')}\n`
}
