// Hashes slots of the memory that all threads share. Messages carry numbers only: handing the memory over again with
// each message slows the whole process down.
import { createHash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'

const { memory, slotBytes } = workerData
const hashes = new Map()

parentPort.on('message', (message) => {
  const { stream } = message
  switch (message.do) {
    case 'start':
      hashes.set(stream, createHash(message.algorithm))
      break
    case 'update':
      hashes.get(stream)?.update(new Uint8Array(memory, message.slot * slotBytes, message.length))
      parentPort.postMessage({ stream, slot: message.slot })
      break
    case 'finish':
      parentPort.postMessage({ stream, digest: hashes.get(stream)?.digest('hex') ?? '' })
      hashes.delete(stream)
      break
    case 'drop':
      hashes.delete(stream)
      parentPort.postMessage({ stream, digest: '' })
      break
  }
})
