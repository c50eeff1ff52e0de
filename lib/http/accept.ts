interface Range {
  readonly type: string
  readonly subtype: string
  readonly quality: number
}

function parseAccept(accept: string): Range[] {
  const ranges: Range[] = []
  for (const item of accept.split(',')) {
    const [media = '', ...parameters] = item.split(';')
    const [type = '', subtype = ''] = media.trim().toLowerCase().split('/')
    if (type === '' || subtype === '') continue
    const quality = parameters.map((text) => /^\s*q=([\d.]+)\s*$/i.exec(text)?.[1]).find((text) => text !== undefined)
    ranges.push({ type, subtype, quality: quality === undefined ? 1 : Number(quality) })
  }
  return ranges
}

/** Whether an Accept header admits a media type; the most specific range that matches decides. */
export function accepts(accept: string, mediaType: string): boolean {
  const [type = '', subtype = ''] = mediaType.split('/')
  let best: Range | undefined
  let bestRank = -1
  for (const range of parseAccept(accept)) {
    const rank =
      range.type === type && range.subtype === subtype
        ? 2
        : range.type === type && range.subtype === '*'
          ? 1
          : range.type === '*' && range.subtype === '*'
            ? 0
            : -1
    if (rank > bestRank) {
      best = range
      bestRank = rank
    }
  }
  return best !== undefined && best.quality > 0
}

/** Whether an Accept header asks for a media type by its name, not only by a wildcard. */
export function asksFor(accept: string | undefined, mediaType: string): boolean {
  return accept?.includes(mediaType) === true && accepts(accept, mediaType)
}
