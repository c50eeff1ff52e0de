import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, mkdtempSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Cloud } from '@/lib/uploads/client/cloud'
import { ImageFile } from '@/lib/uploads/client/image-file'
import { sendFile } from '@/lib/uploads/client/send-file'
import { CHUNK_MAX_BYTES } from '@/lib/uploads/client/sending'
import { uploadMetadata } from '@/lib/uploads/protocol'
import { FaultServer } from './support/fault-server'
import { untilClean } from './support/state'

const MIB = 1024 * 1024
/** 20 GiB of which 2 GiB are data, unless the environment says otherwise; sizes in MiB. */
const SIZE_BYTES = Number(process.env.GLIMPSE_TEST_TORTURE_MIB ?? 20 * 1024) * MIB
const DATA_BYTES = Number(process.env.GLIMPSE_TEST_TORTURE_DATA_MIB ?? 2 * 1024) * MIB
const BREAKS = Number(process.env.GLIMPSE_TEST_TORTURE_BREAKS ?? 50)
const RUN_BYTES = 16 * MIB

const imageSchema = z.looseObject({ id: z.string(), status: z.string(), os_hash_value: z.string().nullable() })

describe('an upload in pieces that is broken again and again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-torture-'))
  const path = join(folder, 'disk.img')
  let server: FaultServer
  let line: Line

  beforeAll(async () => {
    await writeSparseFile(path)
    server = await FaultServer.start({ flavour: 'sqlite', settings: { GLIMPSE__IDENTITY__TOKEN_CACHE_SECONDS: '1' } })
    line = await Line.open(server.url)
  }, 600_000)
  afterAll(async () => {
    await line.close()
    await server.close()
    await rm(folder, { recursive: true })
  })

  it(
    'ends with the same digest, and sends at most one piece again for each break',
    async () => {
      const cloud = await Cloud.open({
        authUrl: server.authUrl,
        auth: { username: 'admin', password: server.adminPassword, project_name: 'admin' },
        region: undefined,
        interfaceName: 'public',
        imageEndpoint: line.url,
        caFile: undefined,
        isInsecure: false,
      })
      const file = await ImageFile.open(path)
      const image = imageSchema.parse(
        await cloud.json(
          '/v2/images',
          { method: 'POST', body: JSON.stringify({ disk_format: 'raw', container_format: 'bare' }) },
          [201],
        ),
      )
      const metadata = uploadMetadata({ image_id: image.id })
      const headers = { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(SIZE_BYTES), 'Upload-Metadata': metadata }
      const begun = await cloud.ask('/api/uploads', { method: 'POST', headers, body: '' })
      expect(begun.status).toBe(201)
      let offset = 0
      let isSent = false
      const startedAt = performance.now()
      const report = (progress: { offsetBytes: number }) => {
        offset = progress.offsetBytes
      }
      const upload = `${begun.headers.location}`
      const killed = async () => {
        await server.kill()
        await server.start()
      }
      const cut = async () => line.cut()
      const expired = async () => expireTokens(server)
      let broken = 0
      const breaking = (async () => {
        for (let round = 0; round < BREAKS && !isSent; round++) {
          // At random places, but all of them before the end.
          const goal = ((round + Math.random()) / BREAKS) * SIZE_BYTES * 0.95
          while (offset < goal && !isSent) await delay(5)
          if (isSent) break
          await [killed, cut, expired][round % 3]?.()
          broken += 1
        }
      })()
      const sent = await sendFile({ cloud, file, path: upload, report, signal: new AbortController().signal })
      isSent = true
      await breaking
      const seconds = (performance.now() - startedAt) / 1000
      const shown = await storedImage(cloud, image.id)
      const expected = await sha512Of(path)
      console.log(
        `${BREAKS} breaks: ${broken} happened, ${sent.wireBytes / MIB} MiB sent for ${DATA_BYTES / MIB} of data, ${seconds.toFixed(0)} s`,
      )
      expect(sent.sha512).toBe(expected)
      expect(shown.os_hash_value).toBe(expected)
      expect(broken).toBe(BREAKS)
      // Counted are bodies that were begun, whole: no more than the data and one piece for each break.
      expect(sent.wireBytes).toBeLessThanOrEqual(DATA_BYTES + BREAKS * CHUNK_MAX_BYTES)
      expect(sent.wireBytes - DATA_BYTES).toBeLessThanOrEqual(BREAKS * RUN_BYTES)
      expect((await cloud.ask(`/v2/images/${image.id}`, { method: 'DELETE' })).status).toBe(204)
      await untilClean(server)
      cloud.close()
      await file.close()
    },
    3 * 3_600_000,
  )
})

/** Runs of data, each followed by a hole, so that there are pieces of both kinds everywhere. */
async function writeSparseFile(path: string): Promise<void> {
  const runs = DATA_BYTES / RUN_BYTES
  const stride = Math.floor(SIZE_BYTES / runs / MIB) * MIB
  const handle = await open(path, 'w')
  const block = randomBytes(RUN_BYTES)
  for (let run = 0; run < runs; run++) {
    block.write(`run ${run} of the torture file`, 0)
    await handle.write(block, 0, block.byteLength, run * stride)
  }
  await handle.truncate(SIZE_BYTES)
  await handle.close()
}

async function sha512Of(path: string): Promise<string> {
  const hash = createHash('sha512')
  for await (const chunk of createReadStream(path, { highWaterMark: MIB })) hash.update(chunk)
  return hash.digest('hex')
}

async function storedImage(cloud: Cloud, id: string) {
  for (;;) {
    const image = imageSchema.parse(await cloud.json(`/v2/images/${id}`, { method: 'GET' }))
    if (!['uploading', 'importing'].includes(image.status)) return image
    await delay(100)
  }
}

/** Ends every token, as its time would. */
function expireTokens(server: FaultServer): void {
  const database = new Database(server.databaseFile, { timeout: 15_000 })
  database.prepare('DELETE FROM "IdentityToken"').run()
  database.close()
}

/** A connection between client and server that can be cut. */
class Line {
  readonly #sockets = new Set<Socket>()
  readonly #listener: Server
  #port = 0

  private constructor(target: URL) {
    this.#listener = createServer((near) => {
      const far = connect(Number(target.port), target.hostname)
      this.#join(near, far)
      this.#join(far, near)
    })
  }

  static async open(target: URL): Promise<Line> {
    const line = new Line(target)
    await new Promise<void>((resolve) => line.#listener.listen(0, '127.0.0.1', resolve))
    const address = line.#listener.address()
    line.#port = typeof address === 'object' ? (address?.port ?? 0) : 0
    return line
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#listener.close(resolve))
  }

  #join(socket: Socket, other: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => other.destroy())
    socket.on('close', () => {
      this.#sockets.delete(socket)
      other.destroy()
    })
    socket.pipe(other)
  }
}
