import { z } from 'zod'
import type { WireRequest, WireResponse } from '../../support/http-client'
import { type Place, places } from './requests'

export type Send = (request: WireRequest) => Promise<WireResponse>

const imageSchema = z.object({ id: z.string() })
const pageSchema = z.object({ images: z.array(imageSchema) })
const USES_MAX = 25
const octets = { 'Content-Type': 'application/octet-stream' }
const patchType = { 'Content-Type': 'application/openstack-images-v2.1-json-patch' }

/** Images for the requests of a run to work on: each serves for a while, whatever has become of it. */
export class Pool {
  readonly #images = new Map<Place, { readonly id: string; uses: number }>()
  /** of images that were made and may be there still */
  readonly #made = new Set<string>()

  /** `member` makes the images, `admin` can remove whatever became of them. */
  constructor(
    private readonly member: Send,
    private readonly admin: Send,
  ) {}

  /** The path with the ids of images in the places that it names. */
  async filledIn(path: string): Promise<string> {
    let filled = path
    for (const place of places) {
      if (filled.includes(`<${place}>`)) filled = filled.replaceAll(`<${place}>`, await this.#idFor(place))
    }
    return filled
  }

  /** Notes an image that a request made. */
  note(response: WireResponse): void {
    const made = imageSchema.safeParse(response.status === 201 ? JSON.parse(response.text) : undefined)
    if (made.success) this.#made.add(made.data.id)
  }

  /** Removes every image that a request made, and what else these callers may see. */
  async clear(): Promise<void> {
    this.#images.clear()
    for (const id of this.#made) await this.#remove(id)
    this.#made.clear()
  }

  /** Images that are there whatever was noted, of the caller's projects. */
  async left(): Promise<readonly string[]> {
    const ids: string[] = []
    for (const hidden of ['false', 'true']) {
      const path = `/v2/images?visibility=all&os_hidden=${hidden}&limit=1000`
      const { text } = await this.admin({ method: 'GET', path })
      ids.push(...pageSchema.parse(JSON.parse(text)).images.map((image) => image.id))
    }
    return ids
  }

  async #idFor(place: Place): Promise<string> {
    const kept = this.#images.get(place)
    if (kept !== undefined && kept.uses < USES_MAX) {
      kept.uses += 1
      return kept.id
    }
    if (kept !== undefined) await this.#remove(kept.id)
    const id = await this.#make(place)
    this.#images.set(place, { id, uses: 1 })
    return id
  }

  async #make(place: Place): Promise<string> {
    const body = JSON.stringify({ name: `fuzz-${place}`, disk_format: 'raw', container_format: 'bare', os_type: 'x' })
    const { id } = imageSchema.parse(JSON.parse((await this.member({ method: 'POST', path: '/v2/images', body })).text))
    this.#made.add(id)
    const path = `/v2/images/${id}`
    const bytes = Buffer.alloc(3000, 'glimpse ')
    if (place === 'active') await this.member({ method: 'PUT', path: `${path}/file`, headers: octets, body: bytes })
    if (place === 'staged') await this.member({ method: 'PUT', path: `${path}/stage`, headers: octets, body: bytes })
    if (place === 'shared') {
      await this.member({ method: 'POST', path: `${path}/members`, body: JSON.stringify({ member: 'friend' }) })
    }
    return id
  }

  async #remove(id: string): Promise<void> {
    const path = `/v2/images/${id}`
    const answer = await this.admin({ method: 'DELETE', path })
    if (answer.status === 403) {
      const body = JSON.stringify([{ op: 'replace', path: '/protected', value: false }])
      await this.admin({ method: 'PATCH', path, headers: patchType, body })
      await this.admin({ method: 'DELETE', path })
    }
    this.#made.delete(id)
  }
}
