/** Next calls this once per server process, before the first request, under our listener and under plain `next start`. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { startNode } = await import('@/lib/server/handover')
  const { routes } = await import('@/app/routes.generated')
  await startNode(routes)
}

/** glimpse.mjs calls this instead of starting a server: a command, and the folder that it was called in. */
export async function runCommand(words: readonly string[], from: string): Promise<number | undefined> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const commands = await import('@/lib/server/commands')
  return await commands.runCommand(words, from)
}
