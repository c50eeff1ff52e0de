// A web server with one small file, for image services that read images from the web.
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'

/** `url` is the file's address; every query gives the same bytes. */
export async function startFileServer(bytes = randomBytes(100_000)) {
  const server = createServer((request, response) => {
    if (new URL(request.url, 'http://localhost').pathname !== '/image') return response.writeHead(404).end()
    const body = request.method === 'HEAD' ? undefined : bytes
    return response.writeHead(200, { 'content-length': bytes.length }).end(body)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}/image`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
