import type { Tool } from './tool-preference'
import { snippetTexts } from './use-messages'

/** What the snippets are about: one image, and who would use it from where. */
export interface SnippetSubject {
  readonly image: {
    readonly id: string
    readonly name: string | null
    readonly diskFormat: string | null
    readonly hashAlgorithm: string | null
    readonly hashValue: string | null
    readonly minDiskGib: number
    readonly minRamMib: number
  }
  /** Root of the image API, without a slash at its end. */
  readonly imageUrl: string
  /** The Identity API, ending in /v3. */
  readonly authUrl: string
  readonly region: string
  readonly user: { readonly name: string; readonly domainName: string }
  readonly project: { readonly id: string; readonly name: string; readonly domainName: string } | null
}

export interface Snippet {
  readonly title: string
  readonly help?: string
  readonly language: 'shell' | 'hcl' | 'yaml' | 'python'
  readonly code: string
}

/** Signs the shell in. The password is asked for, so that it stands in no history; every other snippet needs this. */
export function signInSnippet({ authUrl, region, user, project }: SnippetSubject): Snippet {
  const variables: readonly (readonly [string, string])[] = [
    ['OS_AUTH_URL', authUrl],
    ['OS_IDENTITY_API_VERSION', '3'],
    ['OS_REGION_NAME', region],
    ['OS_USERNAME', user.name],
    ['OS_USER_DOMAIN_NAME', user.domainName],
    ...(project === null
      ? []
      : ([
          ['OS_PROJECT_NAME', project.name],
          ['OS_PROJECT_DOMAIN_NAME', project.domainName],
        ] as const)),
  ]
  return {
    title: snippetTexts.signIn,
    help: snippetTexts.signInHelp,
    language: 'shell',
    code: [
      ...variables.map(([name, value]) => `export ${name}=${shellWord(value)}`),
      `printf 'Password: '; read -rs OS_PASSWORD; export OS_PASSWORD; echo`,
    ].join('\n'),
  }
}

export function snippetsFor(tool: Tool, subject: SnippetSubject): readonly Snippet[] {
  return makers[tool](subject)
}

const makers: Readonly<Record<Tool, (subject: SnippetSubject) => readonly Snippet[]>> = {
  openstack: ({ image }) => [
    {
      title: snippetTexts.startServer,
      help: snippetTexts.startServerHelp,
      language: 'shell',
      code: [
        `openstack flavor list --min-disk ${image.minDiskGib} --min-ram ${image.minRamMib}`,
        `openstack server create --image ${image.id} --flavor FLAVOR --network NETWORK my-server`,
      ].join('\n'),
    },
    {
      title: snippetTexts.show,
      language: 'shell',
      code: `openstack image show ${image.id}`,
    },
    {
      title: snippetTexts.download,
      help: snippetTexts.cliDownloadHelp,
      language: 'shell',
      code: [`openstack image save --file ${fileName(image)} ${image.id}`, ...checkLines(image)].join('\n'),
    },
  ],
  terraform: ({ image }) => [
    {
      title: snippetTexts.startServer,
      help: snippetTexts.terraformHelp,
      language: 'hcl',
      code: `terraform {
  required_providers {
    openstack = {
      source = "terraform-provider-openstack/openstack"
    }
  }
}

# Reads the OS_ variables of the shell.
provider "openstack" {}

variable "flavor" {
  description = "At least ${image.minDiskGib} GiB disk and ${image.minRamMib} MiB RAM"
  type        = string
}

variable "network" {
  type = string
}

resource "openstack_compute_instance_v2" "server" {
  name        = "my-server"
  image_id    = "${image.id}"
  flavor_name = var.flavor

  network {
    name = var.network
  }
}
`,
    },
  ],
  ansible: ({ image }) => [
    {
      title: snippetTexts.startServer,
      help: snippetTexts.ansibleHelp,
      language: 'yaml',
      code: `- name: Start a server
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Read the image
      openstack.cloud.image_info:
        name: ${image.id}
      register: found

    - name: Start a server from it
      openstack.cloud.server:
        name: my-server
        image: ${image.id}
        flavor: "{{ flavor }}"
        network: "{{ network }}"
        state: present
`,
    },
  ],
  curl: (subject) => [
    {
      title: snippetTexts.token,
      help: snippetTexts.tokenHelp,
      language: 'shell',
      code: tokenCode(subject),
    },
    {
      title: snippetTexts.show,
      language: 'shell',
      code: `curl -fsS -H "X-Auth-Token: $OS_TOKEN" \\\n  ${shellWord(imageAddress(subject))}`,
    },
    {
      title: snippetTexts.download,
      help: snippetTexts.curlDownloadHelp,
      language: 'shell',
      code: [downloadCommand(subject), ...checkLines(subject.image)].join('\n'),
    },
  ],
  python: ({ image }) => [
    {
      title: snippetTexts.download,
      help: snippetTexts.pythonHelp,
      language: 'python',
      code: pythonCode(image),
    },
  ],
}

/** Fetches the data, and goes on where an earlier run stopped. Needs a token in the shell. */
export function downloadCommand(subject: Pick<SnippetSubject, 'image' | 'imageUrl'>): string {
  return [
    'curl -fL --retry 5 -C - \\',
    '  -H "X-Auth-Token: $OS_TOKEN" \\',
    `  -o ${fileName(subject.image)} \\`,
    `  ${shellWord(`${imageAddress(subject)}/file`)}`,
  ].join('\n')
}

function imageAddress({ imageUrl, image }: Pick<SnippetSubject, 'image' | 'imageUrl'>): string {
  return `${imageUrl}/v2/images/${image.id}`
}

/** Asks for a token with nothing but curl and sed. JSON escapes go through the shell's here-document untouched. */
function tokenCode({ user, project }: SnippetSubject): string {
  const text = (value: string) => JSON.stringify(value).replace(/[\\$`]/g, '\\$&')
  const scope = project === null ? '' : `,\n  "scope": {"project": {"id": ${text(project.id)}}}`
  return [
    `PASSWORD=\${OS_PASSWORD//\\\\/\\\\\\\\}; PASSWORD=\${PASSWORD//\\"/\\\\\\"}`,
    'OS_TOKEN=$(curl -sS -D - -o /dev/null -H "Content-Type: application/json" \\',
    '  --data-binary @- "$OS_AUTH_URL/auth/tokens" <<JSON |',
    `{"auth": {"identity": {"methods": ["password"], "password": {"user": {`,
    `  "name": ${text(user.name)}, "domain": {"name": ${text(user.domainName)}}, "password": "$PASSWORD"}}}${scope}}}`,
    'JSON',
    "  tr -d '\\r' | sed -n 's/^[Xx]-[Ss]ubject-[Tt]oken: //p')",
    'unset PASSWORD; export OS_TOKEN',
  ].join('\n')
}

function pythonCode(image: SnippetSubject['image']): string {
  const lines = [
    'import hashlib',
    '',
    'import openstack',
    '',
    '# Reads the OS_ variables of the shell.',
    'cloud = openstack.connect()',
    `image = cloud.image.get_image("${image.id}")`,
    `cloud.image.download_image(image, output="${fileName(image)}")`,
  ]
  if (image.hashAlgorithm === null || image.hashValue === null) return lines.slice(2).join('\n')
  return [
    ...lines,
    '',
    `digest = hashlib.new("${image.hashAlgorithm}")`,
    `with open("${fileName(image)}", "rb") as data:`,
    '    while block := data.read(1 << 20):',
    '        digest.update(block)',
    `assert digest.hexdigest() == "${image.hashValue}"`,
  ].join('\n')
}

function checkLines(image: SnippetSubject['image']): readonly string[] {
  const { hashAlgorithm, hashValue } = image
  if (hashValue === null || hashAlgorithm === null) return []
  return [`echo '${hashValue}  ${fileName(image)}' | ${hashAlgorithm}sum -c -`]
}

const endings: Readonly<Record<string, string>> = { raw: 'img', ami: 'img', ari: 'img', aki: 'img', ploop: 'hdd' }

/** A name for the file that is safe in every shell, with the ending of its format. */
export function fileName({
  id,
  name,
  diskFormat,
}: Pick<SnippetSubject['image'], 'id' | 'name' | 'diskFormat'>): string {
  const safe = (name ?? '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 100)
  const stem = safe === '' ? id : safe
  if (diskFormat === null) return stem
  const ending = `.${endings[diskFormat] ?? diskFormat}`
  return stem.toLowerCase().endsWith(ending) ? stem : stem + ending
}

/** A value as one word of a POSIX shell. */
export function shellWord(value: string): string {
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}
