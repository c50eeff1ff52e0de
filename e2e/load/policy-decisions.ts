// Run by policy.mjs in a process of its own: prints what each question costs as JSON.
import { contextOf } from '@/lib/context/test-context'
import { allowed } from '@/lib/policy/enforce'
import { imageTarget, newImageTarget, type PolicyTarget, projectTarget } from '@/lib/policy/targets'

const member = contextOf({ roles: ['member', 'reader'] })
const stranger = contextOf({ roles: ['member', 'reader'], projectId: 'theirs' })
const admin = contextOf({ roles: ['admin', 'member', 'reader'] })

const image = {
  id: '7d0f4b9e-5f5b-4a43-9b6c-0f6a3f1f1c11',
  name: 'bench',
  status: 'active',
  visibility: 'private',
  ownerId: 'mine',
  memberId: null,
  diskFormat: 'raw',
  containerFormat: 'bare',
  sizeBytes: 1,
  virtualSizeBytes: 1,
  checksum: null,
  hashAlgorithm: null,
  hashValue: null,
  minRamMib: 0,
  minDiskGib: 0,
  isProtected: false,
  isHidden: false,
  createdAt: 0,
  updatedAt: 0,
  properties: { os_distro: 'debian' },
}

const questions: Readonly<Record<string, () => boolean>> = {
  'get_image, owner': () => allowed(member, 'get_image', imageTarget(image)),
  'get_image, stranger': () => allowed(stranger, 'get_image', imageTarget(image)),
  'get_image, administrator': () => allowed(admin, 'get_image', imageTarget(image)),
  'modify_image, owner': () => allowed(member, 'modify_image', imageTarget(image)),
  'add_image, owner': () => allowed(member, 'add_image', newImageTarget(image)),
  'get_images, reader': () => allowed(member, 'get_images', projectTarget(member)),
  'get_metadef_namespace, stranger': () => allowed(stranger, 'get_metadef_namespace', namespace),
  'delete_metadef_tags, member': () => allowed(member, 'delete_metadef_tags', namespace),
}
const namespace: PolicyTarget = newImageTarget({ ownerId: 'mine', visibility: 'public' })

const COUNT = 1_000_000
const results: Record<string, { perSecond: number; bytesEach: number }> = {}
// Every question is compiled before any is measured, as in a server that has run for a while.
for (const ask of Object.values(questions)) repeat(ask, COUNT / 4)
for (const [what, ask] of Object.entries(questions)) {
  const before = heapBytes()
  repeat(ask, 1_000)
  const bytesEach = (heapBytes() - before) / 1_000
  const start = process.cpuUsage()
  repeat(ask, COUNT)
  // CPU seconds, the collector's with them: others that use the machine do not count.
  const { user, system } = process.cpuUsage(start)
  results[what] = { perSecond: (COUNT * 1e6) / (user + system), bytesEach }
}
process.stdout.write(JSON.stringify(results))

function repeat(ask: () => boolean, count: number): number {
  let admitted = 0
  for (let index = 0; index < count; index++) if (ask()) admitted += 1
  return admitted
}

function heapBytes(): number {
  return process.memoryUsage().heapUsed
}
