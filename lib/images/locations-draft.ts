import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { enforce } from '@/lib/policy/enforce'
import { imageTarget } from '@/lib/policy/targets'
import { withoutCredentials } from '@/lib/stores/location-uri'
import type { Image, ImageLocation, ValidationData } from './image'
import type { ImageChange, NewLocation } from './image-repo'
import { checkQuota, type Formats, requireFormats } from './image-rules'
import { type InspectedLocation, invalidLocation } from './inspect-location'
import type { PatchOperation } from './json-patch'
import type { ImageStatus } from './status'
import { newDigests } from './validation-data'
import { byWeight } from './wire'

const bad = (text: string) => apiError('bad_request', { public: text })
const verbs = { add: 'add', replace: 'update', remove: 'remove' } as const

/** Shapes that the image schema has made sure of. */
const elementSchema = z.object({
  url: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  validation_data: z
    .object({ checksum: z.string().optional(), os_hash_algo: z.string(), os_hash_value: z.string() })
    .optional(),
})
type Element = z.infer<typeof elementSchema>

/** A location of the draft: one that the image has, by its id, or a new one. */
type Drafted = (ImageLocation | NewLocation) & { readonly validationData?: ValidationData }

export interface LocationsDraftOptions {
  readonly image: Image
  /** formats as the operations before have set them */
  readonly formats: () => Formats
  /** Throws `bad_request`. */
  readonly inspect: (url: string) => Promise<InspectedLocation>
}

/** What operations on an image's locations amount to, built up one by one. Positions count as the API shows them. */
export class LocationsDraft {
  #list: readonly Drafted[]
  #status: ImageStatus
  #set: ImageChange = {}
  #isTouched = false

  constructor(
    private readonly ctx: RequestContext,
    private readonly options: LocationsDraftOptions,
  ) {
    this.#list = byWeight(options.image.locations)
    this.#status = options.image.status
  }

  /** The status that the image has after the operations so far. */
  get status(): ImageStatus {
    return this.#status
  }

  /** Throws the errors of images.md 6.5, in Glance's order. */
  async apply({ op, path, value }: PatchOperation): Promise<void> {
    if (op === 'replace' && Array.isArray(value) && value.length === 0) {
      throw apiError('forbidden', { public: 'Cannot set locations to empty list.', shape: 'detail' })
    }
    const { image } = this.options
    enforce(this.ctx, op === 'remove' ? 'delete_image_location' : 'set_image_location', imageTarget(image))
    if (!config().images.showMultipleLocations) {
      throw apiError('forbidden', {
        public: `It's not allowed to ${verbs[op]} locations if locations are invisible.`,
      })
    }
    if (this.#status !== 'active' && (op === 'remove' || this.#status !== 'queued')) {
      throw apiError('image_status_conflict', {
        public: `It's not allowed to ${op} locations if image status is ${this.#status}.`,
      })
    }
    this.#isTouched = true
    const position = path[1] ?? ''
    if (op === 'remove') this.#remove(position)
    else if (op === 'add') await this.#add(position, elementSchema.parse(value))
    else await this.#replace(z.array(elementSchema).parse(value))
  }

  /** What to change: columns, and the whole new list when there is one. */
  finish(): { readonly set: ImageChange; readonly locations?: readonly Drafted[] } {
    return { set: this.#set, ...(this.#isTouched && { locations: this.#list }) }
  }

  async #add(position: string, element: Element): Promise<void> {
    const digests = this.#newDigests([element])
    const index = indexOf(position, this.#list.length)
    if (index === undefined) throw bad('Invalid position for adding a location.')
    checkQuota('locations', this.#list.length + 1)
    const added = await this.#inspected(element)
    if (this.#list.some((known) => isSame(known, added))) throw duplicate(element.url)
    this.#list = this.#list.toSpliced(index, 0, added)
    this.#activate(digests)
  }

  async #replace(elements: readonly Element[]): Promise<void> {
    const digests = this.#newDigests(elements)
    checkQuota('locations', elements.length)
    if (this.#list.length > 0) {
      this.#list = this.#relabelled(elements)
      return
    }
    const list: Drafted[] = []
    for (const element of elements) {
      const added = await this.#inspected(element)
      if (list.some((known) => isSame(known, added))) throw duplicate(element.url)
      list.push(added)
    }
    this.#list = list
    this.#activate(digests)
  }

  /** The same places in another order, with other metadata. Which store holds one is never the client's to say. */
  #relabelled(elements: readonly Element[]): readonly Drafted[] {
    const left = [...this.#list]
    const list = elements.map((element) => {
      checkMetadata(element.metadata)
      const index = left.findIndex(({ url }) => withoutCredentials(url) === element.url)
      const [known] = index < 0 ? [] : left.splice(index, 1)
      if (known === undefined) throw this.#notEmpty()
      return { ...known, ...labelsOf(element, known.storeId) }
    })
    if (left.length > 0) throw this.#notEmpty()
    return list
  }

  #notEmpty() {
    const shown = this.#list.map(({ url, metadata }) => ({ url: withoutCredentials(url), metadata }))
    return bad(`Original locations is not empty: ${JSON.stringify(shown)}`)
  }

  #remove(position: string): void {
    if (this.#list.length < 2) {
      throw apiError('forbidden', { public: 'Cannot remove last location in the image.', shape: 'detail' })
    }
    const last = this.#list.length - 1
    const index = indexOf(position, last)
    if (index === undefined || index > last) throw bad('Invalid position for removing a location.')
    this.#list = this.#list.toSpliced(index, 1)
  }

  /** All locations of an image hold the same data, so one of another size is none of its. */
  async #inspected(element: Element): Promise<Drafted> {
    const { url } = element
    checkMetadata(element.metadata)
    const { storeId, sizeBytes } = await this.options.inspect(url)
    const known = this.#set.sizeBytes ?? this.options.image.sizeBytes
    if (known !== null && known !== sizeBytes) throw invalidLocation()
    this.#set = { ...this.#set, sizeBytes }
    return { storeId, url, ...labelsOf(element, storeId) }
  }

  #newDigests(elements: readonly Element[]) {
    const { image } = this.options
    const given = elements.flatMap(({ validation_data: data }) => data ?? [])
    const { checksum = image.checksum, hashAlgorithm = image.hashAlgorithm, hashValue = image.hashValue } = this.#set
    return newDigests({ status: this.#status, checksum, hashAlgorithm, hashValue }, given)
  }

  #activate(digests: ReturnType<typeof newDigests>): void {
    if (this.#status !== 'queued') return
    requireFormats(this.options.formats())
    this.#status = 'active'
    this.#set = { ...this.#set, ...digests, status: 'active' }
  }
}

function labelsOf({ metadata, validation_data: validationData }: Element, storeId: string) {
  return { metadata: { ...metadata, store: storeId }, ...(validationData !== undefined && { validationData }) }
}

function isSame(one: Drafted, other: Drafted): boolean {
  return one.url === other.url && isDeepStrictEqual(one.metadata, other.metadata)
}

function duplicate(url: string) {
  return bad(`The location ${url} already exists`)
}

/** A position of the list; `-` is the one after the last, and one beyond that is the same. */
function indexOf(position: string, last: number): number | undefined {
  if (position === '-') return last
  return /^\d+$/.test(position) ? Number(position) : undefined
}

const METADATA_LENGTH_MAX = 16 * 1024
const METADATA_DEPTH_MAX = 8

/** Throws the 400 of metadata that cannot be kept: texts, lists and objects of them may be. */
function checkMetadata(metadata: Readonly<Record<string, unknown>>): void {
  if (!isLabel(metadata, METADATA_DEPTH_MAX)) {
    throw bad("A location's metadata may hold texts, lists and objects, without NUL and not deep.")
  }
  if (JSON.stringify(metadata).length > METADATA_LENGTH_MAX) {
    throw bad(`A location's metadata may have ${METADATA_LENGTH_MAX} characters.`)
  }
}

function isLabel(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !/\0|\p{Surrogate}/u.test(value)
  if (depth === 0 || typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.every((item) => isLabel(item, depth - 1))
  return Object.entries(value).every(([name, item]) => isLabel(name, depth) && isLabel(item, depth - 1))
}
