/** Next calls this once per server process, before the first request, under our listener and under plain `next start`. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { startNode } = await import('@/lib/server/handover')
  const { routes } = await import('@/app/routes.generated')
  await startNode(routes)
}
