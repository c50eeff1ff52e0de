// Puts the SQLite driver in its place that suits the running Node, before anything is built or served.
//
// better-sqlite3 12 ends the process on Node 24 when a statement is collected at a bad moment, and 13 does not run on
// Node 20. Prisma's adapter asks for "better-sqlite3" by name, so the one that suits has to lie there.
import { cpSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FIRST_NODE_OF_NEW_DRIVER = 22
/** The alias under which package.json installs the newer one beside the other. */
const SPARE = 'better-sqlite3-napi'
const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))

/** The major version of better-sqlite3 for a version of Node such as "22.1.0". */
export function driverVersionFor(node) {
  return Number(node.split('.')[0]) >= FIRST_NODE_OF_NEW_DRIVER ? 13 : 12
}

/** The major version of the driver in `folder` of node_modules; undefined when there is none. */
export function installedDriver(folder = 'better-sqlite3') {
  const file = join(packages, folder, 'package.json')
  return existsSync(file) ? Number(JSON.parse(readFileSync(file, 'utf8')).version.split('.')[0]) : undefined
}

/**
 * Leaves the right driver where packages look for it.
 * @throws {Error} when it is not among the installed packages: they came with another Node
 */
export function chooseSqliteDriver(node = process.versions.node) {
  const wanted = driverVersionFor(node)
  if (installedDriver() === wanted) return
  if (installedDriver(SPARE) !== wanted) {
    throw new Error(`better-sqlite3 ${wanted} is needed on Node ${node} and is not installed; run npm ci`)
  }
  const place = join(packages, 'better-sqlite3')
  const next = `${place}.next`
  rmSync(next, { recursive: true, force: true })
  cpSync(join(packages, SPARE), next, { recursive: true })
  rmSync(place, { recursive: true, force: true })
  renameSync(next, place)
}
