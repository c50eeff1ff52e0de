import { readFileSync } from 'node:fs'
import { config, type EffectiveConfig } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { activeRules } from './active-rules'
import { admits } from './enforce'
import {
  invalid,
  type PropertyAction,
  type ProtectedSection,
  parsePropertyProtections,
  propertyActions,
} from './property-protection-file'

interface Protections {
  readonly sections: readonly ProtectedSection[]
  readonly format: 'roles' | 'policies'
}

/** Properties of this prefix are the service's own, whatever the file says of names like them. */
const OWN_PREFIX = 'os_glance'

/**
 * Whether the caller may do this with a property of this name. Everybody may without a file; with one, the first
 * section that matches decides, and a name that no section matches is nobody's. Source: images.md 15.
 */
export function mayUseProperty(ctx: RequestContext, name: string, action: PropertyAction): boolean {
  const protections = loadedProtections()
  if (protections === null || name.startsWith(OWN_PREFIX)) return true
  const section = protections.sections.find(({ expression }) => expression.test(name))
  return section !== undefined && isPermitted(ctx, protections.format, section.permissions[action])
}

/** The same properties, or those of them that the caller may read. */
export function readableProperties<T extends string>(
  ctx: RequestContext,
  properties: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  if (loadedProtections() === null) return properties
  return Object.fromEntries(Object.entries(properties).filter(([name]) => mayUseProperty(ctx, name, 'read')))
}

/** Reads the file that the configuration names, if any. Throws `config_invalid`, so that a node does not start open. */
export function loadPropertyProtections(): void {
  loadedProtections()
}

const loaded = new WeakMap<EffectiveConfig, Protections | null>()

function loadedProtections(): Protections | null {
  const settings = config()
  const known = loaded.get(settings)
  if (known !== undefined) return known
  const { propertyProtectionFile: path, propertyProtectionFormat: format } = settings.images
  const made = path === undefined || path === '' ? null : protectionsIn(path, format)
  loaded.set(settings, made)
  return made
}

function protectionsIn(path: string, format: Protections['format']): Protections {
  const sections = parsePropertyProtections(textOf(path))
  if (format === 'policies') for (const section of sections) checkPolicies(section)
  return { sections, format }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw invalid(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** An unknown rule would fall to `default`, which admits everybody. */
function checkPolicies({ title, permissions }: ProtectedSection): void {
  for (const action of propertyActions) {
    const names = permissions[action]
    if (names.length > 1) throw invalid(`[${title}] ${action}: only one policy; combine them in a rule`)
    const unknown = names.find((name) => !isAnybodyOrNobody(name) && !hasRule(name))
    if (unknown !== undefined) throw invalid(`[${title}] ${action}: there is no policy ${unknown}`)
  }
}

function hasRule(name: string): boolean {
  return activeRules().get(name) !== undefined
}

function isAnybodyOrNobody(name: string): boolean {
  return name === '@' || name === '!'
}

function isPermitted(ctx: RequestContext, format: Protections['format'], names: readonly string[]): boolean {
  if (names.includes('!')) return false
  if (names.includes('@')) return true
  if (format === 'policies') return names.some((name) => hasRule(name) && admits(ctx, name))
  const { roles, service } = ctx.principal
  const held = new Set([...roles, ...(service?.roles ?? [])].map((role) => role.toLowerCase()))
  return names.some((name) => held.has(name.toLowerCase()))
}
