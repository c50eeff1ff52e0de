// Asks another service whether something is allowed while the thread that wants to know waits: decisions are made in one
// go, and most of them never get here. `cell` holds 0 while it is open, then 1 for yes, 2 for no, 3 for no answer.
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { parentPort, workerData } from 'node:worker_threads'

const { cell, timeoutMs } = workerData
const ANSWER_MAX_BYTES = 1024

parentPort.on('message', ({ question, url, body, contentType }) => {
  const request = url.startsWith('https:') ? requestHttps : requestHttp
  const end = (answer) => {
    clearTimeout(timer)
    // Who asked may have given up and asked something else since.
    if (Atomics.load(cell, 1) !== question) return
    Atomics.store(cell, 0, answer)
    Atomics.notify(cell, 0)
  }
  const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }
  const timer = setTimeout(() => asked.destroy(new Error('too slow')), timeoutMs)
  const asked = request(url, { method: 'POST', headers, agent: false }, (response) => {
    let text = ''
    response.setEncoding('utf8')
    response.on('data', (chunk) => {
      text += chunk
      if (text.length > ANSWER_MAX_BYTES) asked.destroy(new Error('too long'))
    })
    response.on('end', () => end(text.replace(/^"+|"+$/g, '') === 'True' ? 1 : 2))
    response.on('error', () => end(3))
  })
  asked.on('error', () => end(3))
  asked.end(body)
})
