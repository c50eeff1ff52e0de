/** What decides which minor versions this server has. Source: images.md 1.1 and 1.2. */
export interface VersionFeatures {
  readonly cache: boolean
  readonly multiStore: boolean
}

/** Minor versions of v2 in the order of the version document; the first of `current` is CURRENT. */
export function advertisedMinors(features: VersionFeatures): { minors: number[]; current: number } {
  const old = [7, 6, 5, 4, 3, 2, 1, 0]
  const multi = features.multiStore
  if (features.cache) {
    const middle = multi ? [13, 12, 11, 10, 9, 8] : [9]
    return { minors: [18, 17, 16, 15, 14, ...middle, ...old], current: 18 }
  }
  const middle = multi ? [13, 12, 11, 10, 9, 8] : [9]
  return { minors: [15, ...middle, 17, ...old], current: 17 }
}

export function acceptsMinor(minor: number, features: VersionFeatures): boolean {
  return advertisedMinors(features).minors.includes(minor)
}

/** This release's own answer: several stores always, the cache routes not yet. */
export const versionFeatures: VersionFeatures = { cache: false, multiStore: true }
