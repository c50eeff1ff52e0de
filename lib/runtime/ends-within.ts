export interface Patience {
  /** whether waiting keeps a process that has nothing else to do; without it such a process ends here */
  readonly keepsProcess?: boolean
}

/** Waits for work, at most so long: false when time was up first. Rejects as the work does. */
export async function endsWithin(
  work: Promise<unknown>,
  deadlineMs: number,
  { keepsProcess = false }: Patience = {},
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), deadlineMs)
    if (!keepsProcess) timer.unref()
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
