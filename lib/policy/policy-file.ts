import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { apiError } from '@/lib/errors/api-error'
import type { RuleValue } from './parse'
import { parseYaml, plainValue, YamlError } from './yaml'

/** A rule of a policy file and where it stands; `line` counts from 1. */
export interface PlacedRule {
  readonly value: RuleValue
  readonly file: string
  readonly line: number
}

const SIZE_MAX_BYTES = 1024 * 1024

/** Reads the text of a policy file, YAML or JSON. Throws `policy_invalid` that names file and line. */
export function readPolicyText(text: string, file: string): Map<string, PlacedRule> {
  try {
    const node = parseYaml(text)
    if (node.kind === 'scalar' && node.value === null) return new Map()
    if (node.kind !== 'map') throw new YamlError(node.line, 'a policy file is a map from rules to checks')
    return new Map(node.entries.map(({ key, line, value }) => [key, { value: plainValue(value), file, line }]))
  } catch (error) {
    if (error instanceof YamlError) throw invalidFile(file, `line ${error.line}: ${error.reason}`, error)
    throw error
  }
}

function invalidFile(file: string, reason: string, cause?: unknown) {
  return apiError('policy_invalid', { public: `${file}: ${reason}`, cause })
}

export interface PolicyPlaces {
  readonly file?: string | undefined
  /** folders of more files */
  readonly folders: readonly string[]
}

/** A file as it lay there when it was looked at. */
interface FoundFile {
  readonly path: string
  readonly mark: string
}

/**
 * The policy files in the order in which they count, the last one most: the main file, then those of each folder by
 * name, without hidden ones and subfolders. Throws `policy_invalid` when one cannot be looked at: rules that somebody
 * set must not vanish with their file.
 */
export async function findPolicyFiles({ file, folders }: PolicyPlaces): Promise<readonly FoundFile[]> {
  const found = file === undefined ? [] : [await lookAt(file)]
  for (const folder of folders) {
    const names = await readdir(folder).catch((error: unknown) => {
      throw invalidFile(folder, `cannot be read (${codeOf(error)})`, error)
    })
    for (const name of names.filter((each) => !each.startsWith('.')).sort()) {
      const each = await lookAt(join(folder, name))
      if (each.mark !== 'folder') found.push(each)
    }
  }
  return found
}

async function lookAt(path: string): Promise<FoundFile> {
  try {
    const { mtimeNs, ctimeNs, size, ino, ...kind } = await stat(path, { bigint: true })
    return { path, mark: isFolder(kind) ? 'folder' : `${ino}/${size}/${mtimeNs}/${ctimeNs}` }
  } catch (error) {
    throw invalidFile(path, `cannot be read (${codeOf(error)})`, error)
  }
}

function isFolder({ mode }: { readonly mode: bigint }): boolean {
  return (mode & 0o170000n) === 0o040000n
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** The rules of all files. Throws `policy_invalid` that names file and line. */
export async function readPolicyFiles(files: readonly FoundFile[]): Promise<Map<string, PlacedRule>> {
  const rules = new Map<string, PlacedRule>()
  for (const { path } of files) {
    const bytes = await readFile(path).catch((error: unknown) => {
      throw invalidFile(path, `cannot be read (${codeOf(error)})`, error)
    })
    if (bytes.length > SIZE_MAX_BYTES) throw invalidFile(path, `is larger than ${SIZE_MAX_BYTES} bytes`)
    for (const [name, rule] of readPolicyText(textOf(bytes, path), path)) rules.set(name, rule)
  }
  return rules
}

function textOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw invalidFile(path, 'is not UTF-8', error)
  }
}
