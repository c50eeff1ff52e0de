import { createHash } from 'node:crypto'
import { z } from 'zod'
import { send, type WireResponse } from '../../support/http-client'
import { signIn } from '../../support/identity-client'

const imageSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  checksum: z.string().nullable(),
  os_hash_value: z.string().nullable(),
  tags: z.array(z.string()),
})

const membersSchema = z.object({ members: z.array(z.object({ member_id: z.string(), status: z.string() })) })

export type ApiImage = z.infer<typeof imageSchema>

/** The Image API as another client of the same server uses it. */
export class ImageApi {
  private constructor(
    private readonly base: URL,
    private readonly token: string,
  ) {}

  /** As the administrator of the server under test. */
  static async asAdmin(): Promise<ImageApi> {
    const { token } = await signIn(variable('GLIMPSE_TEST_AUTH_URL'), {
      username: 'admin',
      password: variable('GLIMPSE_TEST_ADMIN_PASSWORD'),
      projectName: 'admin',
    })
    return ImageApi.withToken(token)
  }

  static withToken(token: string, url = variable('GLIMPSE_TEST_URL')): ImageApi {
    return new ImageApi(new URL(url), token)
  }

  /** Begins an upload in pieces, and sends none. */
  async beginUpload(id: string, lengthBytes: number): Promise<void> {
    const headers = {
      'X-Auth-Token': this.token,
      'Tus-Resumable': '1.0.0',
      'Upload-Length': String(lengthBytes),
      'Upload-Metadata': `image_id ${Buffer.from(id).toString('base64')}`,
    }
    const { status, text } = await send(this.base, { method: 'POST', path: '/api/uploads', headers })
    if (status !== 201) throw new Error(`an upload was not begun: ${status} ${text}`)
  }

  /** How far an upload in pieces has come, in bytes. */
  async openUpload(id: string): Promise<{ readonly offset: number }> {
    const { uploads } = JSON.parse((await this.#call('GET', `/api/uploads?image_id=${id}`)).text)
    // Ends a request that still writes, so that the answer stays true.
    const headers = { 'X-Auth-Token': this.token, 'Tus-Resumable': '1.0.0' }
    const response = await send(this.base, { method: 'HEAD', path: uploads[0].url, headers })
    return { offset: Number(response.headers['upload-offset']) }
  }

  async downloadedSha512(id: string): Promise<string> {
    const response = await fetch(new URL(`/v2/images/${id}/file`, this.base), {
      headers: { 'X-Auth-Token': this.token },
    })
    const digest = createHash('sha512')
    if (response.body !== null) for await (const chunk of response.body) digest.update(chunk)
    return digest.digest('hex')
  }

  /** The projects that an image is offered to, with their answers. */
  async members(id: string): Promise<Readonly<Record<string, string>>> {
    const { members } = membersSchema.parse(JSON.parse((await this.#call('GET', `/v2/images/${id}/members`)).text))
    return Object.fromEntries(members.map(({ member_id, status }) => [member_id, status]))
  }

  /** The first page of names that a list has. */
  async listNames(): Promise<readonly unknown[]> {
    const { images } = JSON.parse((await this.#call('GET', '/v2/images')).text)
    return images.map(({ name }: { name: unknown }) => name)
  }

  async addMember(id: string, member: string): Promise<void> {
    await this.#call('POST', `/v2/images/${id}/members`, JSON.stringify({ member }))
  }

  async createNamespace(document: object): Promise<void> {
    await this.#call('POST', '/v2/metadefs/namespaces', JSON.stringify(document))
  }

  async removeNamespace(name: string): Promise<void> {
    await this.#call('DELETE', `/v2/metadefs/namespaces/${encodeURIComponent(name)}`)
  }

  /** Sends data to the staging area, and asks for its import. */
  async importStaged(id: string, data: Buffer): Promise<void> {
    await this.#call('PUT', `/v2/images/${id}/stage`, data, 'application/octet-stream')
    await this.#call('POST', `/v2/images/${id}/import`, JSON.stringify({ method: { name: 'glance-direct' } }))
  }

  async create(document: object): Promise<ApiImage> {
    return imageSchema.parse(JSON.parse((await this.#call('POST', '/v2/images', JSON.stringify(document))).text))
  }

  async show(id: string): Promise<ApiImage> {
    return imageSchema.parse(JSON.parse(await this.showText(id)))
  }

  /** The document as it stands on the wire, keys in their order. */
  async showText(id: string): Promise<string> {
    return (await this.#call('GET', `/v2/images/${id}`)).text
  }

  async upload(id: string, data: Buffer): Promise<void> {
    await this.#call('PUT', `/v2/images/${id}/file`, data, 'application/octet-stream')
  }

  replace(id: string, path: string, value: unknown): Promise<void> {
    return this.patch(id, [{ op: 'replace', path, value }])
  }

  add(id: string, path: string, value: unknown): Promise<void> {
    return this.patch(id, [{ op: 'add', path, value }])
  }

  async patch(id: string, steps: readonly object[]): Promise<void> {
    await this.#call('PATCH', `/v2/images/${id}`, JSON.stringify(steps), 'application/openstack-images-v2.1-json-patch')
  }

  async setActive(id: string, isActive: boolean): Promise<void> {
    await this.#call('POST', `/v2/images/${id}/actions/${isActive ? 'reactivate' : 'deactivate'}`)
  }

  /** The status of a GET, whatever it is. */
  async statusOf(id: string): Promise<number> {
    const headers = { 'X-Auth-Token': this.token }
    return (await send(this.base, { path: `/v2/images/${id}`, headers })).status
  }

  async remove(id: string): Promise<void> {
    await send(this.base, { method: 'DELETE', path: `/v2/images/${id}`, headers: { 'X-Auth-Token': this.token } })
  }

  async #call(
    method: string,
    path: string,
    body?: string | Buffer,
    contentType = 'application/json',
  ): Promise<WireResponse> {
    const headers = { 'X-Auth-Token': this.token, 'Content-Type': contentType }
    const response = await send(this.base, { method, path, headers, ...(body !== undefined && { body }) })
    if (response.status >= 300) throw new Error(`${method} ${path} answered ${response.status}: ${response.text}`)
    return response
  }
}

function variable(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} names the server under test and is not set`)
  return value
}
