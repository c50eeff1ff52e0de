import { readFileSync } from 'node:fs'

/** The kernel's list of mounts; reading it touches none of them, so it never hangs. */
export const MOUNT_LIST = '/proc/self/mountinfo'

export interface Mount {
  readonly id: string
  readonly mountPoint: string
  readonly type: string
}

const networkTypes = /^(nfs\d?|cifs|smb\d?|smbfs|ceph|glusterfs|lustre|beegfs|gpfs|9p|afs|ocfs2|gfs2|fuse(\..+)?)$/

/** Mounts in the kernel's order: of two on one folder the later lies on top. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [own = '', source = ''] = line.split(' - ')
    const [id, , , , mountPoint] = own.split(' ')
    const [type] = source.split(' ')
    return id === undefined || mountPoint === undefined || type === undefined || type === ''
      ? []
      : [{ id, mountPoint: unescaped(mountPoint), type }]
  })
}

/** The mount that is seen at exactly this folder. */
export function mountAt(mounts: readonly Mount[], mountPoint: string): Mount | undefined {
  return mounts.findLast((mount) => mount.mountPoint === mountPoint)
}

/** The mount that a path lies on, however deep. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  let best: Mount | undefined
  for (const mount of mounts) {
    if (!isWithin(path, mount.mountPoint)) continue
    if (best === undefined || mount.mountPoint.length >= best.mountPoint.length) best = mount
  }
  return best
}

/** The mounts of this process now; empty where the kernel has no such list. */
export function currentMounts(): Mount[] {
  try {
    return parseMounts(readFileSync(MOUNT_LIST, 'utf8'))
  } catch {
    return []
  }
}

/** Whether calls on this file system may hang with the network, or with another process. */
export function isRemote(mount: Mount | undefined): boolean {
  return mount !== undefined && networkTypes.test(mount.type)
}

export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}

/** Spaces and the like are written as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
