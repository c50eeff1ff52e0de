#!/usr/bin/env node
// The unmodified openstack and glance command lines against a running service:
//   GLIMPSE_TEST_URL             root of the image API
//   GLIMPSE_TEST_AUTH_URL        root of the identity API, ending in /v3
//   GLIMPSE_TEST_ADMIN_PASSWORD  of user admin in project admin
//   GLIMPSE_TEST_REFERENCE=1     the service is the original, which checks less
//   GLIMPSE_TEST_RESULT_FILE     where to write the counts as JSON
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openTally, openTerminal } from './checks.mjs'
import { openClients } from './client-forks.mjs'
import { checkIdentity } from './identity-checks.mjs'
import { checkImages } from './image-checks.mjs'
import { checkLimits } from './limit-checks.mjs'
import { checkMetadefs } from './metadef-checks.mjs'
import { checkSdk } from './sdk-checks.mjs'

const MiB = 1024 * 1024
const imageUrl = needed('GLIMPSE_TEST_URL').replace(/\/$/, '')
const authUrl = needed('GLIMPSE_TEST_AUTH_URL').replace(/\/$/, '')
const tag = `clients-${randomBytes(4).toString('hex')}`
const folder = mkdtempSync(join(tmpdir(), 'glimpse-clients-'))
const { tally, check } = openTally()
const clients = openClients(folder)

const terminalOf = (who) => openTerminal({ clients, home: folder, variables: variablesOf(who) })
const account = { username: 'admin', password: needed('GLIMPSE_TEST_ADMIN_PASSWORD'), project: 'admin' }
const admin = terminalOf(account)
try {
  const people = await checkIdentity({ check, admin, terminalOf, imageUrl, tag })
  const isReference = process.env.GLIMPSE_TEST_REFERENCE === '1'
  await checkLimits({ check, admin, ...people, tag, isReference })
  await checkImages({
    ...{ check, admin, ...people, imageUrl, tag, folder, ...diskImages() },
    atCloud: cloudTerminal(people.account),
    isReference,
  })
  await checkMetadefs({ check, admin, ...people, tag, folder, isReference })
  await checkSdk({
    ...{ check, tag, folder },
    people: { member: personOf(people.account), outsider: personOf(people.outsideAccount), admin: personOf(account) },
    isReference,
  })
  await people.remove()
} finally {
  clients.close()
  rmSync(folder, { recursive: true, force: true })
}
if (process.env.GLIMPSE_TEST_RESULT_FILE !== undefined) {
  writeFileSync(process.env.GLIMPSE_TEST_RESULT_FILE, JSON.stringify(tally))
}
console.log(`${tally.passed} passed, ${tally.failed} failed`)
process.exitCode = tally.failed === 0 ? 0 : 1

function needed(name) {
  const value = process.env[name]
  if (value !== undefined && value !== '') return value
  console.error(`${name} must be set`)
  process.exit(2)
}

/** The OS_ variables of one person, as an openrc file would set them. */
function variablesOf({ username, password, project, token, credentialId, credentialSecret }) {
  const common = { OS_AUTH_URL: authUrl, OS_IDENTITY_API_VERSION: '3', OS_IMAGE_API_VERSION: '2' }
  const region = { OS_REGION_NAME: 'RegionOne', OS_INTERFACE: 'public' }
  if (credentialId !== undefined) {
    return {
      ...common,
      ...region,
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_APPLICATION_CREDENTIAL_ID: credentialId,
      OS_APPLICATION_CREDENTIAL_SECRET: credentialSecret,
    }
  }
  const scope = { OS_PROJECT_NAME: project, OS_PROJECT_DOMAIN_NAME: 'Default' }
  if (token !== undefined) return { ...common, ...region, ...scope, OS_AUTH_TYPE: 'token', OS_TOKEN: token }
  return {
    ...common,
    ...region,
    ...scope,
    OS_USERNAME: username,
    OS_PASSWORD: password,
    OS_USER_DOMAIN_NAME: 'Default',
  }
}

/** The same for openstacksdk. */
function personOf({ username, password, project }) {
  return { auth_url: authUrl, username, password, project_name: project }
}

/** A terminal that knows nothing but its clouds.yaml. */
function cloudTerminal({ username, password, project }) {
  const lines = [
    'clouds:',
    '  test:',
    '    auth:',
    `      auth_url: ${authUrl}`,
    `      username: ${username}`,
    `      password: ${password}`,
    `      project_name: ${project}`,
    '      user_domain_name: Default',
    '      project_domain_name: Default',
    '    region_name: RegionOne',
    '    identity_api_version: 3',
  ]
  writeFileSync(join(folder, 'clouds.yaml'), `${lines.join('\n')}\n`)
  return openTerminal({ clients, home: folder, variables: {} })
}

/** A raw disk of 64 MiB with 8 MiB of data, and the same as qcow2 made by qemu-img. */
function diskImages() {
  const raw = { path: join(folder, 'disk.raw'), virtualSizeBytes: 64 * MiB }
  writeFileSync(raw.path, randomBytes(8 * MiB))
  truncateSync(raw.path, raw.virtualSizeBytes)
  const qcow2 = { path: join(folder, 'disk.qcow2'), virtualSizeBytes: 64 * MiB }
  execFileSync('qemu-img', ['convert', '-O', 'qcow2', raw.path, qcow2.path])
  return { raw, qcow2: { ...qcow2, sizeBytes: statSync(qcow2.path).size } }
}
