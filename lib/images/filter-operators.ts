import { apiError } from '@/lib/errors/api-error'

/** `in:a,b` is the operator `in` and the rest; a value without a colon is compared as it is. */
export function splitFilterOperator(value: string): { operator: string; rest: string } {
  const colon = value.indexOf(':')
  return colon < 0 ? { operator: 'eq', rest: value } : { operator: value.slice(0, colon), rest: value.slice(colon + 1) }
}

/**
 * Splits the list of an `in:` filter. Items in double quotes may hold commas; a quote opens right after a comma and
 * closes right before one. Throws `bad_request` with Glance's texts. Source: images.md 5.3.
 */
export function splitList(text: string): string[] {
  const refuse = (reason: string) => apiError('bad_request', { public: `Invalid filter value ${text}. ${reason}` })
  const items: string[] = []
  let position = 0
  while (position <= text.length) {
    if (text[position] === '"') {
      const end = closingQuote(text, position + 1)
      if (end < 0) throw refuse('The quote is not closed.')
      const next = text[end + 1]
      if (next !== undefined && next !== ',') throw refuse('There is no comma after closing quotation mark.')
      items.push(text.slice(position + 1, end))
      position = end + 2
      if (next === undefined) return items
    } else {
      const comma = text.indexOf(',', position)
      const item = text.slice(position, comma < 0 ? text.length : comma)
      if (item.includes('"')) throw refuse('There is no comma before opening quotation mark.')
      items.push(item)
      if (comma < 0) return items
      position = comma + 1
    }
  }
  return items
}

function closingQuote(text: string, from: number): number {
  for (let index = from; index < text.length; index++) {
    if (text[index] === '\\') index += 1
    else if (text[index] === '"') return index
  }
  return -1
}
