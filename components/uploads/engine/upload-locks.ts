const PREFIX = 'glimpse-upload-'

/**
 * Keeps other tabs of this browser from sending the same upload; how to let go of it, or undefined when another tab has
 * it. Pages that are not served securely have no locks: then the server ends whichever request came first.
 */
export async function lockUpload(imageId: string): Promise<(() => void) | undefined> {
  const { locks } = navigator
  if (locks === undefined) return () => {}
  return await new Promise((resolve, reject) => {
    locks
      .request(`${PREFIX}${imageId}`, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(undefined)
        return new Promise<void>((release) => resolve(release))
      })
      .catch(reject)
  })
}

/** The images whose uploads some tab of this browser sends. */
export async function lockedUploads(): Promise<ReadonlySet<string>> {
  const held = (await navigator.locks?.query())?.held ?? []
  return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])))
}
