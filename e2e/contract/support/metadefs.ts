import { afterAll, expect } from 'vitest'
import { z } from 'zod'
import type { WireResponse } from '../../support/http-client'
import { admin, type Caller } from './api'
import { unique } from './images'

export const namespacesPath = '/v2/metadefs/namespaces'
export const namespacePath = (name: string, ...rest: readonly string[]) =>
  [namespacesPath, ...[name, ...rest].map(encodeURIComponent)].join('/')

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/
export const times = { created_at: expect.stringMatching(timestamp), updated_at: expect.stringMatching(timestamp) }

/** The document of a successful answer. */
export function documentOf(response: WireResponse, status = 200): Record<string, unknown> {
  expect({ status: response.status, body: response.text }).toEqual({ status, body: expect.stringMatching(/^\{/) })
  expect(response.headers['content-type']).toBe('application/json')
  return z.record(z.string(), z.unknown()).parse(JSON.parse(response.text))
}

export function expectEmpty(response: WireResponse): void {
  expect({ status: response.status, body: response.text }).toEqual({ status: 204, body: '' })
}

const made: string[] = []

/** Names a namespace, which goes after the rows of the file. */
export function nextName(): string {
  const name = unique('Contract::Ns')
  made.push(name)
  return name
}

async function removeNamespace(name: string): Promise<void> {
  const shown = await admin.get(namespacePath(name))
  if (shown.status !== 200) return
  await admin.put(namespacePath(name), { json: { namespace: name } })
  await admin.delete(namespacePath(name))
}

afterAll(async () => {
  while (made.length > 0) await Promise.all(made.splice(-8).map(removeNamespace))
}, 120_000)

/** A public namespace with these fields; its name. */
export async function createNamespace(fields: object = {}, caller: Caller = admin): Promise<string> {
  const namespace = nextName()
  const response = await caller.post(namespacesPath, { json: { namespace, visibility: 'public', ...fields } })
  expect({ status: response.status, body: response.text }).toEqual({ status: 201, body: expect.anything() })
  return namespace
}

/** Something of each kind. */
export const content = {
  resource_type_associations: [
    { name: 'OS::Glance::Image', prefix: 'lab_' },
    { name: 'OS::Cinder::Volume', prefix: 'lab_', properties_target: 'image' },
  ],
  properties: {
    tier: { type: 'string', title: 'Disk tier', operators: ['<or>'], default: 'warm', enum: ['cold', 'warm', 'hot'] },
  },
  objects: [
    {
      name: 'Replica',
      required: ['count'],
      description: 'Copies to keep.',
      properties: { count: { type: 'integer', title: 'Number of copies', minimum: 1, maximum: 5 } },
    },
  ],
  tags: [{ name: 'ssd' }],
}

export const absent = (name: string) => `Namespace ${name} not found`
export const unknown = (name: string) => `Metadata definition namespace=${name} was not found.`
export const denied = (rule: string) => `You are not authorized to complete ${rule} action.`
export const mismatch = (kind: string) => `Provided object does not match schema '${kind}': `
