import { apiError } from '@/lib/errors/api-error'

export const propertyActions = ['create', 'read', 'update', 'delete'] as const
export type PropertyAction = (typeof propertyActions)[number]

/** One section: properties whose name the expression finds itself in, and who may do what with them. */
export interface ProtectedSection {
  /** as written, for messages */
  readonly title: string
  readonly expression: RegExp
  /** names of roles or of rules, `@` for everybody, `!` for nobody; none is nobody too */
  readonly permissions: Readonly<Record<PropertyAction, readonly string[]>>
}

/**
 * Reads a file of property protections as Glance's own: sections in the INI form of Python's configparser, in order.
 * Throws `config_invalid` for whatever keeps Glance from starting too: an expression that is none, an operation that
 * is left out, a second section or option of the same name, `@` beside `!`.
 */
export function parsePropertyProtections(text: string): ProtectedSection[] {
  const { sections, defaults } = parseIni(text)
  return [...sections].map(([title, options]) => {
    const permissionsOf = (action: PropertyAction) => {
      const value = options.get(action) ?? defaults.get(action)
      if (value === undefined) throw invalid(`[${title}] does not say who may ${action}`)
      const names = itemsOf(value)
      if (names.includes('@') && names.includes('!')) throw invalid(`[${title}] ${action}: @ and ! exclude each other`)
      return names
    }
    return {
      title,
      expression: expressionOf(title),
      permissions: {
        create: permissionsOf('create'),
        read: permissionsOf('read'),
        update: permissionsOf('update'),
        delete: permissionsOf('delete'),
      },
    }
  })
}

export function invalid(reason: string) {
  return apiError('config_invalid', { public: `GLIMPSE__IMAGES__PROPERTY_PROTECTION_FILE: ${reason}` })
}

function itemsOf(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}

/** Python's few spellings that JavaScript has otherwise are translated. */
function expressionOf(title: string): RegExp {
  const [, flag = '', rest = title] = /^\(\?(i)\)(.*)$/s.exec(title) ?? []
  const translated = rest
    .replace(/\\A/g, '^')
    .replace(/\\Z/g, '$')
    .replace(/\(\?P</g, '(?<')
  try {
    return new RegExp(translated, flag)
  } catch (error) {
    throw invalid(`[${title}] is no regular expression: ${error instanceof Error ? error.message : String(error)}`)
  }
}

type Options = Map<string, string>

/** What configparser makes of a text: `DEFAULT` stands in for what a section leaves out. */
function parseIni(text: string): { readonly sections: Map<string, Options>; readonly defaults: Options } {
  const sections = new Map<string, Options>()
  const defaults: Options = new Map()
  let options: Options | undefined
  let last: string | undefined
  text.split(/\r?\n/).forEach((line, index) => {
    const content = line.trim()
    if (content === '' || content.startsWith('#') || content.startsWith(';')) return
    const isContinued = /^\s/.test(line) && options !== undefined && last !== undefined
    if (isContinued && options !== undefined && last !== undefined) {
      options.set(last, `${options.get(last) ?? ''}\n${content}`)
      return
    }
    const title = /^\[(.+)\]/.exec(content)?.[1]
    if (title !== undefined) {
      if (sections.has(title)) throw invalid(`line ${index + 1}: there is a [${title}] already`)
      options = title === 'DEFAULT' ? defaults : new Map()
      if (title !== 'DEFAULT') sections.set(title, options)
      last = undefined
      return
    }
    const [, name, value = ''] = /^(.*?)\s*[=:]\s*(.*)$/.exec(content) ?? []
    if (name === undefined || options === undefined) throw invalid(`line ${index + 1}: "${content}" is no option`)
    last = name.toLowerCase()
    if (options.has(last)) throw invalid(`line ${index + 1}: there is a second ${last} in its section`)
    options.set(last, value)
  })
  return { sections, defaults }
}
