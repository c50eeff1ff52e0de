// Programs that the tests need beside Node: found on the path, else installed from Debian's packages.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { postgresBinaries } from './postgres.mjs'

const searchPath = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
const onPath = (...names) => names.some((name) => searchPath.some((folder) => existsSync(join(folder, name))))

/** What is needed, how to tell that it is there, and Debian's packages that bring it. */
const needs = [
  { what: 'Chromium', isThere: () => onPath('chromium', 'chromium-browser', 'google-chrome'), packages: ['chromium'] },
  { what: 'qemu-img', isThere: () => onPath('qemu-img'), packages: ['qemu-utils'] },
  {
    what: 'xz, bzip2 and zstd',
    isThere: () => ['xz', 'bzip2', 'zstd'].every((name) => onPath(name)),
    packages: ['xz-utils', 'bzip2', 'zstd'],
  },
  {
    what: 'PostgreSQL server',
    isThere: () => process.env.GLIMPSE_TEST_POSTGRES_URL !== undefined || postgresBinaries() !== undefined,
    packages: ['postgresql'],
  },
  {
    what: 'OpenStack command line',
    isThere: () => onPath('openstack') && onPath('glance'),
    packages: ['python3-openstackclient', 'python3-glanceclient'],
  },
  {
    what: 'Keystone',
    isThere: () => onPath('keystone-manage') && onPath('uwsgi_python3'),
    packages: ['keystone', 'uwsgi-core', 'uwsgi-plugin-python3'],
  },
]

/**
 * Makes sure that everything the named needs stand for is installed. Returns a sentence that says what to install by
 * hand when it may not or cannot do so itself, else undefined.
 */
export function installMissing() {
  const missing = needs.filter((need) => !need.isThere())
  if (missing.length === 0) return undefined
  const packages = missing.flatMap((need) => need.packages)
  const advice = [
    `The tests need ${missing.map((need) => need.what).join(', ')}.`,
    `On Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}`,
  ].join('\n')
  const root = asRoot()
  if (!onPath('apt-get') || root === undefined) return advice
  console.log(`installing ${packages.join(' ')} …`)
  if (aptGet(root, packages) && needs.every((need) => need.isThere())) return undefined
  return `The installation failed.\n${advice}`
}

/** The words before a command that make it run as root; undefined when that needs a password. */
function asRoot() {
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined
}

function aptGet(root, packages) {
  const install = ['install', '--yes', '--no-install-recommends', ...packages]
  // RUNLEVEL=1 keeps Debian's packages from starting the services that they bring.
  const words = [...root, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-q']
  const call = (args) => {
    const [command = '', ...rest] = [...words, '-o', 'DPkg::Lock::Timeout=300', ...args]
    return spawnSync(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8', timeout: 15 * 60_000 })
  }
  // A list that is absent or old lacks the package: then one update, and again.
  let result = call(install)
  if (result.status !== 0) {
    call(['update'])
    result = call(install)
  }
  if (result.status !== 0) console.error(`${result.stdout}${result.stderr}`.split('\n').slice(-20).join('\n'))
  return result.status === 0
}
