import { texts } from '@/components/ui/texts'

/** Texts of "Use it". */
export const snippetTexts = texts('snippet', {
  tools: {
    openstack: 'openstack',
    terraform: 'Terraform',
    ansible: 'Ansible',
    curl: 'curl',
    python: 'Python',
  },
  toolsLabel: 'Tool',
  notActive: 'The image has no data that could be fetched now; the lines for downloading work when it is active.',
  signIn: 'Sign in',
  signInHelp: 'Asks for your password; paste this first, then the rest.',
  startServer: 'Start a server',
  startServerHelp: 'The first line lists the flavors that are large enough.',
  show: 'Show the image',
  download: 'Download and verify',
  cliDownloadHelp: 'The tool compares the checksum too; the last line proves it once more.',
  curlDownloadHelp: 'Run it again after an interruption: it goes on where it stopped. The last line verifies the file.',
  terraformHelp: 'Save as main.tf, then: terraform init && terraform apply',
  ansibleHelp:
    'Save as server.yml, then: ansible-playbook server.yml -e flavor=FLAVOR -e network=NETWORK. Needs the collection openstack.cloud.',
  token: 'Get a token',
  tokenHelp: 'It is valid for some hours. Get a new one when an answer says 401.',
  pythonHelp: 'Needs the package openstacksdk.',
  copyCode: 'Copy code',
} as const)
