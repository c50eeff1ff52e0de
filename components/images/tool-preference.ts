export const tools = ['openstack', 'terraform', 'ansible', 'curl', 'python'] as const
export type Tool = (typeof tools)[number]

/** Cookie with the tool that the reader looked at last. */
export const toolCookie = 'glimpse-tool'

export function readToolPreference(value: string | undefined): Tool {
  return tools.find((tool) => tool === value) ?? 'openstack'
}
