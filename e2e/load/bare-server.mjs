// A bare node:http server as the yardstick for image bytes: PUT writes a file and hashes it with MD5 and SHA-512 in a
// worker over a shared ring; GET pipes createReadStream. No authentication, database, inspection or error handling.
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import http from 'node:http'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const SLOT = 1024 * 1024
const SLOTS = 16

if (isMainThread) serve(process.argv[2], Number(process.argv[3]))
else hash()

function hash() {
  const ring = new Uint8Array(workerData)
  let md5 = createHash('md5')
  let sha512 = createHash('sha512')
  parentPort.on('message', ({ slot, length }) => {
    if (slot < 0) {
      parentPort.postMessage({ slot, md5: md5.digest('hex'), sha512: sha512.digest('hex') })
      md5 = createHash('md5')
      sha512 = createHash('sha512')
      return
    }
    const bytes = ring.subarray(slot * SLOT, slot * SLOT + length)
    md5.update(bytes)
    sha512.update(bytes)
    parentPort.postMessage({ slot })
  })
}

/** Rings are reused from upload to upload. */
const idle = []
function takeRing() {
  const ready = idle.pop()
  if (ready !== undefined) return ready
  const shared = new SharedArrayBuffer(SLOT * SLOTS)
  return { bytes: new Uint8Array(shared), worker: new Worker(new URL(import.meta.url), { workerData: shared }) }
}

async function receive(request, path) {
  const ring = takeRing()
  const file = await open(path, 'w')
  const uses = new Array(SLOTS).fill(0)
  let wake = () => {}
  let finish = () => {}
  const digests = new Promise((resolve) => {
    finish = resolve
  })
  const release = (slot) => {
    uses[slot] -= 1
    wake()
  }
  const heard = (message) => (message.slot < 0 ? finish(message) : release(message.slot))
  ring.worker.on('message', heard)
  let slot = 0
  let fill = 0
  let position = 0
  const flush = async () => {
    if (fill === 0) return
    const length = fill
    const used = slot
    uses[used] = 2
    ring.worker.postMessage({ slot: used, length })
    file.write(ring.bytes, used * SLOT, length, position).then(() => release(used))
    position += length
    slot = (slot + 1) % SLOTS
    fill = 0
    while (uses[slot] > 0) {
      await new Promise((resolve) => {
        wake = resolve
      })
    }
  }
  for await (const chunk of request) {
    let offset = 0
    while (offset < chunk.length) {
      const take = Math.min(SLOT - fill, chunk.length - offset)
      ring.bytes.set(take === chunk.length ? chunk : chunk.subarray(offset, offset + take), slot * SLOT + fill)
      fill += take
      offset += take
      if (fill === SLOT) await flush()
    }
  }
  await flush()
  ring.worker.postMessage({ slot: -1, length: 0 })
  await digests
  while (uses.some((count) => count > 0)) {
    await new Promise((resolve) => {
      wake = resolve
    })
  }
  await file.sync()
  await file.close()
  ring.worker.off('message', heard)
  idle.push(ring)
}

function serve(folder, port) {
  const server = http.createServer({ requestTimeout: 0 }, (request, response) => {
    const path = join(folder, request.url.slice(1))
    if (request.method === 'PUT') {
      receive(request, path).then(() => response.writeHead(204).end())
      return
    }
    response.writeHead(200, { 'content-length': statSync(path).size, 'content-type': 'application/octet-stream' })
    createReadStream(path, { highWaterMark: SLOT }).pipe(response)
  })
  server.listen(port, '127.0.0.1', () => process.stdout.write('ready\n'))
}
