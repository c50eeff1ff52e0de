import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type OpenUpload, openUpload, send, type WireResponse } from '../../support/http-client'
import { signIn } from '../../support/identity-client'
import type { FaultServer } from './fault-server'

const shownSchema = z.object({
  status: z.string(),
  size: z.number().nullable(),
  checksum: z.string().nullable(),
  os_hash_value: z.string().nullable(),
})
const pageSchema = z.object({
  images: z.array(shownSchema.pick({ status: true, size: true }).extend({ stores: z.string().optional() })),
})
const storesSchema = z.object({ stores: z.string().optional() })
const usageSchema = z.object({ usage: z.record(z.string(), z.object({ usage: z.number() })) })
const uploadsSchema = z.object({
  uploads: z.array(z.object({ url: z.string(), state: z.string(), length: z.number(), stores: z.array(z.string()) })),
})
const tus = { 'Tus-Resumable': '1.0.0' } as const
const MiB = 1024 * 1024

/** An image service client that, like any other, knows only what it was answered. */
export class Client {
  private constructor(
    private readonly url: URL,
    readonly token: string,
  ) {}

  static async signIn(server: FaultServer): Promise<Client> {
    const credentials = { username: 'admin', password: server.adminPassword, projectName: 'admin' }
    return new Client(server.url, (await signIn(server.authUrl, credentials)).token)
  }

  /** The same user at another node. */
  at(server: FaultServer): Client {
    return new Client(server.url, this.token)
  }

  create(id: string, properties: object = {}): Promise<WireResponse> {
    const body = {
      id,
      name: `fault-${id}`,
      disk_format: 'raw',
      container_format: 'bare',
      tags: ['a', 'b'],
      ...properties,
    }
    return this.#send('POST', '/v2/images', { body: JSON.stringify(body) })
  }

  /** Makes a queued image and returns its id. */
  async created(properties: object = {}): Promise<string> {
    const id = randomUUID()
    const response = await this.create(id, properties)
    if (response.status !== 201) throw new Error(`POST answered ${response.status}: ${response.text}`)
    return id
  }

  /** Makes an active image and returns its id. */
  async stored(bytes: Buffer): Promise<string> {
    const id = await this.created()
    const response = await this.put(id, bytes)
    if (response.status !== 204) throw new Error(`PUT answered ${response.status}: ${response.text}`)
    return id
  }

  put(
    id: string,
    bytes: Buffer,
    options: { chunked?: boolean; headers?: Record<string, string> } = {},
  ): Promise<WireResponse> {
    return this.#send('PUT', `/v2/images/${id}/file`, {
      body: bytes,
      contentType: 'application/octet-stream',
      chunked: options.chunked ?? false,
      headers: options.headers ?? {},
    })
  }

  stage(id: string, bytes: Buffer): Promise<WireResponse> {
    return this.#send('PUT', `/v2/images/${id}/stage`, { body: bytes, contentType: 'application/octet-stream' })
  }

  import(
    id: string,
    method: { readonly name: string } & Readonly<Record<string, string>>,
    more: object = {},
  ): Promise<WireResponse> {
    return this.importAs(id, { method, ...more })
  }

  importAs(id: string, body: object): Promise<WireResponse> {
    return this.#send('POST', `/v2/images/${id}/import`, { body: JSON.stringify(body) })
  }

  read(path: string): Promise<WireResponse> {
    return this.#send('GET', path)
  }

  addLocation(id: string, location: object): Promise<WireResponse> {
    return this.#send('POST', `/v2/images/${id}/locations`, { body: JSON.stringify(location) })
  }

  /** Waits until no task works on the image any more; what the task list says then. */
  async imported(id: string): Promise<WireResponse> {
    for (;;) {
      const response = await this.#send('GET', `/v2/images/${id}/tasks`)
      if (response.status !== 200) throw new Error(`tasks of image ${id}: ${response.status} ${response.text}`)
      if (!/"status":"(pending|processing)"/.test(response.text)) return response
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** A chunked upload that stays open. */
  openUpload(id: string, headers: Record<string, string> = {}): OpenUpload {
    return openUpload(this.url, {
      method: 'PUT',
      path: `/v2/images/${id}/file`,
      headers: { 'X-Auth-Token': this.token, 'Content-Type': 'application/octet-stream', ...headers },
    })
  }

  /** Begins an upload in pieces; its address. */
  async beginPieces(id: string, lengthBytes: number): Promise<string> {
    const metadata = `image_id ${Buffer.from(id).toString('base64')}`
    const response = await this.#send('POST', '/api/uploads', {
      headers: { ...tus, 'Upload-Length': String(lengthBytes), 'Upload-Metadata': metadata },
    })
    if (response.status !== 201) throw new Error(`beginning an upload answered ${response.status}: ${response.text}`)
    return response.headers.location ?? ''
  }

  /** A number stands for so many zeros. */
  piece(path: string, offsetBytes: number, content: Buffer | number): Promise<WireResponse> {
    const headers = { ...tus, 'Upload-Offset': String(offsetBytes) }
    const contentType = 'application/offset+octet-stream'
    if (typeof content !== 'number') return this.#send('PATCH', path, { body: content, contentType, headers })
    const hole = { ...headers, 'Content-Type': contentType, 'Glimpse-Hole': String(content), 'Content-Length': '0' }
    return this.#send('PATCH', path, { headers: hole })
  }

  terminate(path: string): Promise<WireResponse> {
    return this.#send('DELETE', path, { headers: tus })
  }

  /** How far an upload has come; undefined when there is none. */
  async offsetOf(path: string): Promise<number | undefined> {
    const response = await this.#send('HEAD', path, { headers: tus })
    if (response.status === 404) return undefined
    if (response.status !== 200) throw new Error(`HEAD of an upload answered ${response.status}`)
    return Number(response.headers['upload-offset'])
  }

  /** Uploads that are open: of an image when it is named. */
  async openUploads(imageId?: string): Promise<z.infer<typeof uploadsSchema>['uploads']> {
    const query = imageId === undefined ? '' : `?image_id=${imageId}`
    const { uploads } = uploadsSchema.parse(JSON.parse((await this.#send('GET', `/api/uploads${query}`)).text))
    return uploads.filter(({ state }) => state === 'open')
  }

  get(id: string): Promise<WireResponse> {
    return this.#send('GET', `/v2/images/${id}/file`)
  }

  delete(id: string): Promise<WireResponse> {
    return this.#send('DELETE', `/v2/images/${id}`)
  }

  deleteFrom(storeId: string, id: string): Promise<WireResponse> {
    return this.#send('DELETE', `/v2/stores/${storeId}/${id}`)
  }

  show(id: string): Promise<WireResponse> {
    return this.#send('GET', `/v2/images/${id}`)
  }

  /** The image's status; 'absent' when the service does not know it. */
  async statusOf(id: string): Promise<string> {
    const response = await this.show(id)
    return response.status === 404 ? 'absent' : shownSchema.parse(JSON.parse(response.text)).status
  }

  /** The stores that the image says it is in. */
  async storesOf(id: string): Promise<string[]> {
    const { stores = '' } = storesSchema.parse(JSON.parse((await this.show(id)).text))
    return stores.split(',').filter(Boolean)
  }

  /** Throws unless the image is active with exactly these bytes, as shown and as downloaded. */
  async verify(id: string, bytes: Buffer): Promise<void> {
    const shown = shownSchema.parse(JSON.parse((await this.show(id)).text))
    const expected = {
      status: 'active',
      size: bytes.byteLength,
      checksum: hash('md5', bytes),
      os_hash_value: hash('sha512', bytes),
    }
    for (const [key, value] of Object.entries(expected)) {
      const found = Object.entries(shown).find(([name]) => name === key)?.[1]
      if (found !== value) throw new Error(`image ${id}: ${key} is ${found} instead of ${value}`)
    }
    const response = await this.get(id)
    if (response.status !== 200) throw new Error(`GET of image ${id} answered ${response.status}: ${response.text}`)
    if (!response.body.equals(bytes)) throw new Error(`GET of image ${id} gave other bytes`)
  }

  /** What counts against the project's limits, sizes in MiB. */
  async usage(): Promise<z.infer<typeof usageSchema>['usage']> {
    return usageSchema.parse(JSON.parse((await this.#send('GET', '/v2/info/usage')).text)).usage
  }

  /** Throws unless what counts against the project's limits is what it has, with nothing reserved any more. */
  async verifyUsage(): Promise<void> {
    const { images } = pageSchema.parse(JSON.parse((await this.#send('GET', '/v2/images?limit=1000')).text))
    const sum = (bytes: readonly number[]) => Math.floor(bytes.reduce((total, size) => total + size, 0) / MiB)
    const storesOf = (stores = '') => stores.split(',').filter(Boolean).length
    const onTheirWay = images.filter(({ status }) => ['saving', 'uploading', 'importing'].includes(status))
    const uploads = await this.openUploads()
    const expected = {
      image_size_total: sum([
        ...images.map(({ size, stores }) => (size ?? 0) * storesOf(stores)),
        ...uploads.map(({ length, stores }) => length * stores.length),
      ]),
      image_stage_total: sum([...onTheirWay.map(({ size }) => size ?? 0), ...uploads.map(({ length }) => length)]),
      image_count_total: images.length,
      image_count_uploading: onTheirWay.length,
    }
    const usage = await this.usage()
    for (const [name, value] of Object.entries(expected)) {
      if (usage[name]?.usage !== value) throw new Error(`${name} is used ${usage[name]?.usage} instead of ${value}`)
    }
  }

  #send(
    method: string,
    path: string,
    options: {
      readonly body?: string | Buffer
      readonly contentType?: string
      readonly chunked?: boolean
      readonly headers?: Readonly<Record<string, string>>
    } = {},
  ): Promise<WireResponse> {
    const { body, contentType = 'application/json', chunked = false, headers = {} } = options
    return send(this.url, {
      method,
      path,
      headers: { 'X-Auth-Token': this.token, ...(body !== undefined && { 'Content-Type': contentType }), ...headers },
      ...(body !== undefined && { body, chunked }),
    })
  }
}

function hash(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(bytes).digest('hex')
}

/** Bytes with holes in them, one of them at the end, so that every way to write takes part. */
export function imageBytes(): Buffer {
  // A fixed beginning, since random bytes look like a disk format once in a while.
  const head = Buffer.alloc(64 * 1024, 'glimpse ')
  return Buffer.concat([head, randomBytes(MiB + 17), Buffer.alloc(MiB), randomBytes(MiB), Buffer.alloc(2 * MiB)])
}
