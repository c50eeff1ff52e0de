// The process: prepares Next, opens the listener, hands each request to the dispatcher that instrumentation left on
// globalThis, and everything the dispatcher does not take to Next. Plain JavaScript, no domain code.
import http from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import next from 'next'

// Chunks of uploads count against the heap. After a while without work V8 lets the heap grow by so little that every
// few MiB of an upload would mark all of it: twice the processor time for each byte.
setFlagsFromString('--heap-growing-percent=200')

process.env.NEXT_TELEMETRY_DISABLED ??= '1'
const dev = process.argv.includes('--dev')
const dir = fileURLToPath(new URL('../..', import.meta.url))

globalThis[Symbol.for('glimpse.has-listener')] = true
const app = next({ dev, dir })
await app.prepare()
// In production Next registers instrumentation at its first own request; the API must not wait for one.
if (!dev) {
  const built = join(dir, process.env.DIST ?? '.next', 'server', 'instrumentation.js')
  await createRequire(import.meta.url)(built).register()
}
const glimpse = globalThis[Symbol.for('glimpse.handover')]
if (glimpse === undefined) {
  process.stderr.write('glimpse: the server did not start: instrumentation handed nothing over\n')
  process.exit(1)
}
const pages = app.getRequestHandler()
const upgrade = app.getUpgradeHandler()

let draining = false
const sockets = new Set()
const server = http.createServer(
  { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 75_000, maxHeaderSize: 65_536 },
  answer,
)
// What else a client may expect is no reason to refuse it.
server.on('checkExpectation', answer)
// The body is not asked for until a handler has looked at the headers.
server.on('checkContinue', (request, response) => {
  endWhenDraining(request, response)
  if (!glimpse.dispatch(request, response)) {
    response.writeContinue()
    makePage(request, response)
  }
})
server.on('upgrade', upgrade)
server.on('connection', (socket) => {
  sockets.add(socket)
  socket.once('close', () => sockets.delete(socket))
})
server.on('clientError', (error, socket) => {
  // Node's parser knows a fixed set of verbs; others are not implemented here rather than malformed.
  const status =
    error.code === 'HPE_INVALID_METHOD'
      ? '501 Not Implemented'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? '431 Request Header Fields Too Large'
        : '400 Bad Request'
  if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
})
server.on('error', (error) => {
  const where = `${glimpse.host}:${glimpse.port}`
  const reason =
    error.code === 'EADDRINUSE'
      ? `${where} is in use by another program; choose another with GLIMPSE__SERVER__PORT`
      : `cannot listen on ${where}: ${error.message}`
  process.stderr.write(`glimpse: ${reason}\n`)
  process.exit(1)
})
server.listen(glimpse.port, glimpse.host, () => glimpse.started())

function answer(request, response) {
  endWhenDraining(request, response)
  if (!glimpse.dispatch(request, response)) makePage(request, response)
}

function makePage(request, response) {
  glimpse.enterLocale(request, () => void pages(request, response))
}

/** A connection ends with the answer that drains it, also when that answer's headers have promised to keep it. */
function endWhenDraining(request, response) {
  if (draining) response.shouldKeepAlive = false
  response.once('finish', () => {
    if (draining) request.socket.destroySoon()
  })
}

async function drain(signal) {
  if (draining) return
  draining = true
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  // Node counts a connection that has asked for nothing yet as busy; browsers open such ones ahead.
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
  const timer = setTimeout(() => {
    process.stderr.write(`glimpse: ${signal}: transfers still run after the grace period; closing them\n`)
    server.closeAllConnections()
  }, glimpse.shutdownGraceMs)
  await closed
  clearTimeout(timer)
  await glimpse.stop()
  process.exit(0)
}
process.once('SIGTERM', () => drain('SIGTERM'))
process.once('SIGINT', () => drain('SIGINT'))
