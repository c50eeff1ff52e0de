import { createServer, type RequestListener } from 'node:http'
import { afterAll, beforeAll } from 'vitest'

/** Something on the web while the rows of a file run, from which the service may read. */
export interface WebServer {
  /** as http://127.0.0.1:1234; known once the rows run */
  readonly url: string
}

export function webServer(answer: RequestListener): WebServer {
  const server = createServer(answer)
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    get url() {
      const address = server.address()
      return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    },
  }
}
