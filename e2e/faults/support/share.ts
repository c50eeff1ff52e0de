import { spawnSync } from 'node:child_process'
import { type Dirent, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const script = join(process.env.GLIMPSE_TEST_SERVICES ?? join(root, '..', 'shared', 'services'), 'mount.sh')

export type Fault = 'vanish' | 'readonly' | 'hang' | 'stale' | 'eio' | 'late' | 'fill' | 'full' | 'soft' | 'slow'

/** What is missing on this machine for a share that can be made to fail; undefined when nothing is. */
export function missingForShares(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root, to mount'
  if (!existsSync('/dev/fuse')) return 'needs FUSE (/dev/fuse)'
  if (!existsSync(script)) return 'needs mount.sh of the shared services; GLIMPSE_TEST_SERVICES names its folder'
  return undefined
}

/** A mounted share, as NFS shows one, that fails as it is told. Its bytes outlive its mounts. */
export class FaultyShare {
  readonly #folder = mkdtempSync(join(tmpdir(), 'glimpse-share-'))
  readonly mountPoint = join(this.#folder, 'mnt')

  static open(): FaultyShare {
    const share = new FaultyShare()
    share.#run('up', share.mountPoint)
    return share
  }

  tell(fault: Fault, ...rest: string[]): void {
    this.#run(fault, ...rest)
  }

  /** The fault strikes when so many more bytes were written. */
  after(bytes: number, fault: Fault, ...rest: string[]): void {
    this.#run('after', String(bytes), fault, ...rest)
  }

  heal(): void {
    this.#run('heal')
  }

  /** Files on the share beside its marker and the file of probes, seen past the mount. */
  files(): string[] {
    return this.#entries().map((entry) => entry.name)
  }

  /** How much there is of files that are not finished, in the largest of them. */
  partialBytes(): number {
    const partial = this.#entries().filter((entry) => entry.parentPath.endsWith('/.partial'))
    return Math.max(0, ...partial.map((entry) => statSync(join(entry.parentPath, entry.name)).size))
  }

  close(): void {
    this.#run('down')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #entries(): Dirent[] {
    return readdirSync(join(this.#folder, 'mount', 'back'), { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !entry.name.startsWith('.'),
    )
  }

  #run(...args: string[]): void {
    const env = { ...process.env, SERVICES_DIR: this.#folder }
    const { status, stderr } = spawnSync('bash', [script, ...args], { env, encoding: 'utf8', timeout: 120_000 })
    if (status !== 0) throw new Error(`mount.sh ${args.join(' ')}: ${stderr}`)
  }
}
