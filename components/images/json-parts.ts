export interface JsonPart {
  readonly kind: 'key' | 'text' | 'number' | 'word' | 'mark'
  readonly text: string
  /** Its place in the whole, which also tells it from its like. */
  readonly start: number
}

const pattern = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|([^"\d\-tfn]+|.)/gs

/** Cuts JSON text into parts for colouring; joined they are the text again. */
export function jsonParts(json: string): JsonPart[] {
  const parts: JsonPart[] = []
  for (const match of json.matchAll(pattern)) {
    const [text, quoted, colon, number, word] = match
    const start = match.index
    if (quoted !== undefined && colon !== undefined) {
      parts.push({ kind: 'key', text: quoted, start }, { kind: 'mark', text: colon, start: start + quoted.length })
    } else {
      const kind =
        quoted !== undefined ? 'text' : number !== undefined ? 'number' : word !== undefined ? 'word' : 'mark'
      parts.push({ kind, text, start })
    }
  }
  return parts
}
