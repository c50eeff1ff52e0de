import type { PropertyDefinition } from '@/lib/metadefs/view'

/** For tests: a text without any bounds, but for what `more` says. */
export const definition = (key: string, more: Partial<PropertyDefinition> = {}): PropertyDefinition => ({
  key,
  title: key.toUpperCase(),
  description: null,
  type: 'string',
  choices: null,
  minimum: null,
  maximum: null,
  minLength: null,
  maxLength: null,
  pattern: null,
  operators: [],
  isReadOnly: false,
  default: null,
  ...more,
})
