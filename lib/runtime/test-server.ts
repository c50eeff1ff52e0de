import type { Server } from 'node:http'

/** Lets a test's server listen on a free port of the loopback address; where, as http://127.0.0.1:1234. */
export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}
