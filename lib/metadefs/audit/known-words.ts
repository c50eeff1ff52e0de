/** What is looked for until an administrator changes it. */
export const defaultWords: readonly string[] = [
  ...['customer', 'client', 'tenant', 'internal', 'secret', 'confidential', 'proprietary', 'restricted', 'classified'],
  ...['codename', 'code name', 'password', 'passwd', 'passphrase', 'credential', 'private key', 'api key'],
  ...['nda', 'embargo', 'unreleased', 'contract number', 'invoice', 'salary', 'payroll', 'patient', 'vip'],
]

/** Names of projects, users and domains that say nothing about anybody. */
export const commonWords: readonly string[] = [
  ...['admin', 'administrator', 'administrators', 'default', 'demo', 'test', 'tests', 'testing', 'example', 'service'],
  ...['services', 'user', 'users', 'project', 'projects', 'domain', 'group', 'groups', 'member', 'reader', 'operator'],
  ...['operators', 'guest', 'root', 'system', 'public', 'private', 'shared', 'common', 'image', 'images', 'volume'],
  ...['volumes', 'server', 'servers', 'flavor', 'flavors', 'network', 'storage', 'compute', 'metadata', 'openstack'],
  ...['glance', 'glimpse', 'nova', 'cinder', 'neutron', 'keystone', 'swift', 'heat', 'ironic', 'barbican', 'placement'],
  ...[
    'octavia',
    'magnum',
    'trove',
    'manila',
    'designate',
    'horizon',
    'ceilometer',
    'monitoring',
    'backup',
    'the',
    'and',
  ],
  ...['for', 'new', 'old', 'all', 'none', 'null', 'true', 'false', 'dev', 'prod', 'production', 'staging', 'linux'],
]

/** Where public documentation lies. */
export const documentationHosts: readonly string[] = [
  ...['openstack.org', 'opendev.org', 'libvirt.org', 'qemu.org', 'kernel.org', 'w3.org', 'dmtf.org', 'ietf.org'],
  ...[
    'example.com',
    'example.org',
    'example.net',
    'wikipedia.org',
    'freedesktop.org',
    'linux-kvm.org',
    'spice-space.org',
  ],
  ...['github.com', 'redhat.com', 'debian.org', 'ubuntu.com', 'microsoft.com', 'vmware.com', 'intel.com', 'amd.com'],
]

/** Last labels, beside countries, that only names of hosts have. */
export const privateSuffixes: ReadonlySet<string> = new Set([
  ...['local', 'localdomain', 'internal', 'intern', 'intranet', 'lan', 'corp', 'home', 'private', 'priv', 'arpa'],
  ...['com', 'net', 'org', 'edu', 'gov', 'mil', 'int', 'info', 'biz', 'cloud', 'dev', 'app', 'online', 'site'],
])

/** Countries whose two letters are more often the ending of a file's name or of a shortened word. */
export const fileEndings: ReadonlySet<string> = new Set([
  ...['py', 'sh', 'md', 'so', 'pl', 'rs', 'cc', 'ps', 'pm', 'la', 'am', 'in', 'id', 'is', 'it', 'to', 'no', 'be', 'me'],
])
