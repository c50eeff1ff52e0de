// Makes file calls for a store on a share, in a process of its own: one that hangs in a call can be given up, while a
// thread cannot, and would keep the service's sockets open when the service ends. Started by file-helper.ts, whose
// frames it answers on descriptor 3; ends when that is closed.
import { access, chmod, link, mkdir, open, opendir, readFile, stat, statfs, unlink } from 'node:fs/promises'
import { Socket } from 'node:net'

const HEAD_BYTES = 8
const NAMES_PER_BATCH = 256
const SLOT_BYTES = 1024 * 1024
const socket = new Socket({ fd: 3, readable: true, writable: true })
/** Open files and folders by number. */
const opened = new Map()
let lastNumber = 0
/** Shared with the service: image bytes go through it, a slot for each transfer. */
let memory
/** As long as a slot, kept for the next transfer. */
const idle = []
let pieces = []
let available = 0

/** Each takes the request and its bytes, and returns what goes back: `value`, and `bytes` when there are some. */
const calls = {
  open: async ({ path, flags, mode }) => {
    const handle = await open(path, flags, mode)
    return { value: { file: keep(handle), fd: handle.fd } }
  },
  read: async ({ file, length, position }) => {
    const buffer = Buffer.allocUnsafeSlow(length)
    const { bytesRead } = await opened.get(file).read(buffer, 0, length, position)
    return { value: null, bytes: buffer.subarray(0, bytesRead) }
  },
  write: async ({ file, position }, bytes) => {
    const { bytesWritten } = await opened.get(file).write(bytes, 0, bytes.byteLength, position)
    return { value: bytesWritten }
  },
  openMemory: async ({ path }) => {
    memory = await open(path, 'r+')
  },
  readTo: async ({ file, position, at, length }) => {
    const buffer = takeBuffer()
    try {
      const { bytesRead } = await opened.get(file).read(buffer, 0, length, position)
      await transfer(bytesRead, (done) => memory.write(buffer, done, bytesRead - done, at + done))
      return { value: bytesRead }
    } finally {
      idle.push(buffer)
    }
  },
  writeFrom: async ({ file, position, at, length }) => {
    const buffer = takeBuffer()
    try {
      await transfer(length, (done) => memory.read(buffer, done, length - done, at + done))
      return { value: (await opened.get(file).write(buffer, 0, length, position)).bytesWritten }
    } finally {
      idle.push(buffer)
    }
  },
  truncate: async ({ file, length }) => void (await opened.get(file).truncate(length)),
  chmodFile: async ({ file, mode }) => void (await opened.get(file).chmod(mode)),
  sync: async ({ file }) => void (await opened.get(file).sync()),
  size: async ({ file }) => ({ value: (await opened.get(file).stat()).size }),
  close: async ({ file }) => {
    const kept = opened.get(file)
    opened.delete(file)
    await kept?.close()
  },
  status: async ({ path }) => {
    const { dev, ino, mode, nlink, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return { value: [dev, ino, mode, nlink, size, mtimeNs, ctimeNs].map(String) }
  },
  freeBytes: async ({ path }) => {
    const { bavail, bsize } = await statfs(path)
    return { value: bavail * bsize }
  },
  access: async ({ path, mode }) => void (await access(path, mode)),
  chmod: async ({ path, mode }) => void (await chmod(path, mode)),
  makeFolder: async ({ path, mode }) => void (await mkdir(path, { recursive: true, mode })),
  link: async ({ path, newPath }) => void (await link(path, newPath)),
  unlink: async ({ path }) => void (await unlink(path)),
  readText: async ({ path }) => ({ value: await readFile(path, 'utf8') }),
  openNames: async ({ path }) => ({ value: keep(await opendir(path, { bufferSize: NAMES_PER_BATCH })) }),
  nextNames: async ({ file }) => {
    const names = []
    while (names.length < NAMES_PER_BATCH) {
      const entry = await opened.get(file).read()
      if (entry === null) return { value: { names, isEnd: true } }
      if (entry.isFile() && !entry.name.startsWith('.')) names.push(entry.name)
    }
    return { value: { names, isEnd: false } }
  },
}

socket.on('data', (piece) => {
  pieces.push(piece)
  available += piece.byteLength
  for (let frame = nextFrame(); frame !== undefined; frame = nextFrame()) void answer(frame)
})
for (const event of ['end', 'error', 'close']) socket.on(event, () => process.exit(0))

async function answer({ request, bytes }) {
  const { id, call } = request
  try {
    const { value = null, bytes: result } = (await calls[call](request, bytes)) ?? {}
    send({ id, value }, result)
  } catch (error) {
    const { code, errno, message } = error
    send({ id, error: { code, errno, message } })
  }
}

function takeBuffer() {
  return idle.pop() ?? Buffer.allocUnsafeSlow(SLOT_BYTES)
}

/** Repeats a call that may do only a part, until all of it is done. */
async function transfer(length, part) {
  for (let done = 0; done < length; ) {
    const { bytesRead, bytesWritten } = await part(done)
    done += bytesRead ?? bytesWritten
  }
}

function keep(thing) {
  opened.set(++lastNumber, thing)
  return lastNumber
}

function nextFrame() {
  if (available < HEAD_BYTES) return undefined
  const head = peek(HEAD_BYTES)
  const [headerLength, bytesLength] = [head.readUInt32LE(0), head.readUInt32LE(4)]
  if (available < HEAD_BYTES + headerLength + bytesLength) return undefined
  take(HEAD_BYTES)
  const request = JSON.parse(take(headerLength).toString('utf8'))
  return { request, bytes: take(bytesLength) }
}

function peek(length) {
  if (pieces[0].byteLength < length) pieces = [Buffer.concat(pieces)]
  return pieces[0].subarray(0, length)
}

function take(length) {
  if (length === 0) return Buffer.alloc(0)
  let taken
  if (pieces[0].byteLength >= length) {
    taken = pieces[0].subarray(0, length)
    pieces[0] = pieces[0].subarray(length)
    if (pieces[0].byteLength === 0) pieces.shift()
  } else {
    taken = Buffer.allocUnsafeSlow(length)
    let done = 0
    while (done < length) {
      const part = pieces[0].subarray(0, length - done)
      part.copy(taken, done)
      done += part.byteLength
      if (part.byteLength === pieces[0].byteLength) pieces.shift()
      else pieces[0] = pieces[0].subarray(part.byteLength)
    }
  }
  available -= length
  return taken
}

function send(header, bytes) {
  const text = Buffer.from(JSON.stringify(header))
  const head = Buffer.allocUnsafe(HEAD_BYTES)
  head.writeUInt32LE(text.byteLength, 0)
  head.writeUInt32LE(bytes?.byteLength ?? 0, 4)
  socket.cork()
  socket.write(head)
  socket.write(text)
  if (bytes !== undefined && bytes.byteLength > 0) socket.write(bytes)
  socket.uncork()
}
