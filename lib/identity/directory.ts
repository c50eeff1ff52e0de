import { config } from '@/lib/config/load'
import { db } from '@/lib/db/client'
import { type Directory, type DirectoryEntry, readDirectory } from '@/lib/keystone/directory'

export type { Directory, DirectoryEntry }

/** Everybody and everything that the identity backend has a name for; what it does not tell is among the gaps. */
export async function identityDirectory(): Promise<Directory> {
  if (config().identity.backend === 'keystone') return await readDirectory()
  const [domains, projects, users] = await Promise.all([
    db().domain.findMany({ select: { id: true, name: true } }),
    db().project.findMany({ select: { id: true, name: true } }),
    db().user.findMany({ select: { id: true, name: true, email: true } }),
  ])
  const entries: DirectoryEntry[] = [
    ...domains.map((row) => ({ kind: 'domain' as const, ...row })),
    ...projects.map((row) => ({ kind: 'project' as const, ...row })),
    ...users.map(({ email, ...row }) => ({ kind: 'user' as const, ...row, email: email ?? undefined })),
  ]
  return { entries, gaps: [] }
}
