/** Signs out and goes on with a whole new page: nothing of this person's may stay in memory. */
export async function leave(signOut: () => Promise<void>): Promise<void> {
  await signOut()
  window.location.assign('/signin')
}
