import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { z } from 'zod'
import type { WireResponse } from '../../support/http-client'
import { admin, type Caller, member } from './api'

const timestamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
const imageSchema = z.looseObject({
  id: z.string(),
  name: z.string().nullable(),
  status: z.string(),
  visibility: z.string(),
  size: z.number().int().nullable(),
  virtual_size: z.number().int().nullable(),
  checksum: z.string().nullable(),
  os_hash_algo: z.string().nullable(),
  os_hash_value: z.string().nullable(),
  owner: z.string().nullable(),
  protected: z.boolean(),
  os_hidden: z.boolean(),
  min_disk: z.number().int(),
  min_ram: z.number().int(),
  disk_format: z.string().nullable(),
  container_format: z.string().nullable(),
  created_at: timestamp,
  updated_at: timestamp,
  tags: z.array(z.string()),
  self: z.string(),
  file: z.string(),
  schema: z.literal('/v2/schemas/image'),
})
const pageSchema = z.object({
  images: z.array(imageSchema),
  first: z.string(),
  next: z.string().optional(),
  schema: z.literal('/v2/schemas/images'),
})

export type Image = z.infer<typeof imageSchema>
export type Page = z.infer<typeof pageSchema>

export const patchType = 'application/openstack-images-v2.1-json-patch'
export const oldPatchType = 'application/openstack-images-v2.0-json-patch'
export const patchTypes = `${oldPatchType}, ${patchType}`

/** The entity of a successful answer, with the types that contract 3.1 promises. */
export function imageOf(response: WireResponse, status = 200): Image {
  expectJson(response, status)
  return imageSchema.parse(JSON.parse(response.text))
}

export function pageOf(response: WireResponse): Page {
  expectJson(response, 200)
  return pageSchema.parse(JSON.parse(response.text))
}

function expectJson(response: WireResponse, status: number): void {
  expect({ status: response.status, body: response.text }).toEqual({ status, body: expect.stringMatching(/^\{/) })
  expect(response.headers['content-type']).toBe('application/json')
}

export const rawBare = { disk_format: 'raw', container_format: 'bare' } as const

export const unique = (prefix: string): string => `${prefix}-${randomUUID().slice(0, 13)}`

export async function createImage(fields: object = {}, caller: Caller = member): Promise<Image> {
  return imageOf(await caller.post('/v2/images', { json: { name: unique('contract'), ...fields } }), 201)
}

export async function showImage(id: string, caller: Caller = member): Promise<Image> {
  return imageOf(await caller.get(`/v2/images/${id}`))
}

export function putFile(
  id: string,
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
  caller: Caller = member,
): Promise<WireResponse> {
  return caller.put(`/v2/images/${id}/file`, {
    body,
    headers: { 'Content-Type': 'application/octet-stream', ...headers },
  })
}

/** An active image of these bytes. */
export async function activeImage(body: Buffer | string, fields: object = {}, caller: Caller = member): Promise<Image> {
  const { id } = await createImage({ ...rawBare, ...fields }, caller)
  const response = await putFile(id, body, {}, caller)
  expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
  return showImage(id, caller)
}

export function patchImage(id: string, operations: unknown, caller: Caller = member): Promise<WireResponse> {
  return caller.patch(`/v2/images/${id}`, { json: operations, headers: { 'Content-Type': patchType } })
}

export async function listImages(query: string, caller: Caller = member): Promise<Page> {
  return pageOf(await caller.get(`/v2/images${query}`))
}

export async function namesIn(query: string, caller: Caller = member): Promise<(string | null)[]> {
  return (await listImages(query, caller)).images.map((image) => image.name)
}

/** An image in saving: its upload is open and has sent a little. */
export async function savingImage(fields: object = {}) {
  const { id } = await createImage({ ...rawBare, ...fields })
  const upload = member.upload(`/v2/images/${id}/file`, { headers: { 'Content-Type': 'application/octet-stream' } })
  await upload.write(Buffer.alloc(100_000, 7))
  await statusReached(id, 'saving')
  return { id, upload }
}

/** Waits until the image has this status. */
export async function statusReached(id: string, status: string, timeoutMs = 10_000): Promise<Image> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const image = await showImage(id, admin)
    if (image.status === status) return image
    if (Date.now() > deadline) expect(image.status, `status of ${id} after ${timeoutMs} ms`).toBe(status)
    await delay(50)
  }
}
