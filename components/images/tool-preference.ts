import { type Tool, tools } from './snippets'

/** Cookie with the tool that the reader looked at last. */
export const toolCookie = 'glimpse-tool'

export function readToolPreference(value: string | undefined): Tool {
  return tools.find((tool) => tool === value) ?? 'openstack'
}
