/** What a file's name gives away: suggestions, never used to refuse anything. */
export interface NameGuess {
  readonly name: string
  readonly properties: readonly { readonly name: string; readonly value: string }[]
}

const endings = /\.(qcow2?|img|raw|vmdk|vhdx?|vdi|iso|ova|ovf|hdd|bin|tar|gz|xz|zst|bz2|zip|tgz)$/i

const distros: readonly (readonly [pattern: RegExp, distro: string])[] = [
  [/ubuntu/, 'ubuntu'],
  [/debian/, 'debian'],
  [/fedora/, 'fedora'],
  [/rocky/, 'rocky'],
  [/alma/, 'almalinux'],
  [/centos/, 'centos'],
  [/(rhel|red.?hat)/, 'rhel'],
  [/opensuse|leap|tumbleweed/, 'opensuse'],
  [/sles|suse/, 'sles'],
  [/cirros/, 'cirros'],
  [/alpine/, 'alpine'],
  [/arch(?=linux|[-_.])/, 'arch'],
  [/freebsd/, 'freebsd'],
  [/openbsd/, 'openbsd'],
  [/netbsd/, 'netbsd'],
  [/windows|win(?=\d)/, 'windows'],
  [/coreos|fcos/, 'fedora-coreos'],
]

const architectures: readonly (readonly [pattern: RegExp, architecture: string])[] = [
  [/x86[-_]64|amd64|x64/, 'x86_64'],
  [/aarch64|arm64/, 'aarch64'],
  [/ppc64le|ppc64el/, 'ppc64le'],
  [/s390x/, 's390x'],
  [/riscv64/, 'riscv64'],
  [/i[3-6]86/, 'i686'],
]

/** Reads name, distribution, version and architecture out of a file name. */
export function guessFromName(fileName: string): NameGuess {
  const name = stemOf(fileName)
  const text = name.toLowerCase()
  const distro = distros.find(([pattern]) => pattern.test(text))
  const architecture = architectures.find(([pattern]) => pattern.test(text))
  const version = distro && versionIn(text.replace(architecture?.[0] ?? '', ''))
  const properties = [
    { name: 'os_distro', value: distro?.[1] },
    { name: 'os_version', value: version },
    { name: 'architecture', value: architecture?.[1] },
  ]
  return { name, properties: properties.flatMap(({ name: key, value }) => (value ? [{ name: key, value }] : [])) }
}

function stemOf(fileName: string): string {
  let stem = fileName
  while (endings.test(stem)) stem = stem.replace(endings, '')
  return stem || fileName
}

/** The first number that looks like a version: "24.04", "12", but not a date such as 20260101. */
function versionIn(text: string): string | undefined {
  return /(?<![a-z\d.])v?(\d{1,3}(?:\.\d{1,3}){0,2})(?![\d])/.exec(text)?.[1]
}
