// Hashes slots of the memory that all threads share. Messages carry numbers only: handing the memory over again with
// each message slows the whole process down.
import { createHash } from 'node:crypto'
import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { basename } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

stepBack()

const { memory, slotBytes } = workerData
const hashes = new Map()
const zeros = new Uint8Array(1024 * 1024)

/** Where the cores are all busy the event loop goes first: hashing may wait, other requests may not. */
function stepBack() {
  try {
    // Linux counts niceness per thread, and this link names the thread that reads it.
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), 10)
  } catch {
    // On other systems the threads stay equal.
  }
}

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
    case 'zeros':
      for (let left = message.length; left > 0; left -= zeros.byteLength) {
        hashes.get(stream)?.update(left < zeros.byteLength ? zeros.subarray(0, left) : zeros)
      }
      parentPort.postMessage({ stream, zeros: true })
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
