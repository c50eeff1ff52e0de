import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  readonly path: string
  remove(): void
}

/** A file system of its own with so much room; undefined where this user may not mount one. */
export function mountSmallDisk(sizeMiB: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'glimpse-small-'))
  const options = ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'glimpse-test', path]
  const isMounted = spawnSync('mount', options, { stdio: 'ignore' }).status === 0
  if (!isMounted) {
    rmSync(path, { recursive: true })
    return undefined
  }
  return {
    path,
    remove() {
      spawnSync('umount', ['--lazy', path], { stdio: 'ignore' })
      rmSync(path, { recursive: true, force: true })
    },
  }
}
