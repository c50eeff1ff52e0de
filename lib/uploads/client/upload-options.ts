export const uploadUsage = `upload FILE [--name NAME] [--image ID] [--disk-format FORMAT] [--container-format FORMAT]
upload FILE [--store ID]… [--all-stores] [--visibility V] [--tag TAG]… [--property NAME=VALUE]… [--cloud NAME] [--quiet]`

export interface UploadOptions {
  readonly path: string
  readonly name: string | undefined
  /** an image that is there, instead of a new one */
  readonly imageId: string | undefined
  readonly diskFormat: string | undefined
  readonly containerFormat: string | undefined
  readonly visibility: string | undefined
  readonly stores: readonly string[]
  readonly allStores: boolean
  readonly tags: readonly string[]
  readonly properties: Readonly<Record<string, string>>
  readonly cloud: string | undefined
  readonly isQuiet: boolean
}

const single = ['name', 'image', 'disk-format', 'container-format', 'visibility', 'cloud'] as const
const repeated = ['store', 'tag', 'property'] as const
const flags = ['all-stores', 'quiet'] as const

/** Undefined when the words are not understood. */
export function parseUploadOptions(words: readonly string[]): UploadOptions | undefined {
  const given = new Map<string, string[]>()
  const paths: string[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    const [, name = '', inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === '') {
      paths.push(word)
      continue
    }
    const isFlag = (flags as readonly string[]).includes(name)
    const isKnown = isFlag || [...single, ...repeated].some((known) => known === name)
    const value = isFlag ? '' : (inline ?? words[++index])
    const isTwice = given.has(name) && !(repeated as readonly string[]).includes(name)
    if (!isKnown || isTwice || value === undefined || (isFlag && inline !== undefined)) return undefined
    given.set(name, [...(given.get(name) ?? []), value])
  }
  const [path, ...others] = paths
  const properties = (given.get('property') ?? []).map((text) => /^([^=]+)=(.*)$/s.exec(text))
  if (path === undefined || others.length > 0 || properties.includes(null)) return undefined
  if (given.has('all-stores') && given.has('store')) return undefined
  const one = (name: (typeof single)[number]) => given.get(name)?.[0]
  return {
    path,
    name: one('name'),
    imageId: one('image'),
    diskFormat: one('disk-format'),
    containerFormat: one('container-format'),
    visibility: one('visibility'),
    cloud: one('cloud'),
    stores: (given.get('store') ?? []).flatMap((text) => text.split(',').filter(Boolean)),
    allStores: given.has('all-stores'),
    tags: given.get('tag') ?? [],
    properties: Object.fromEntries(properties.map((match) => [match?.[1] ?? '', match?.[2] ?? ''])),
    isQuiet: given.has('quiet'),
  }
}
