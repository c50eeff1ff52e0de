import type { IncomingMessage } from 'node:http'
import { config } from '@/lib/config/load'
import type { RequestContext } from '@/lib/context/request-context'
import { apiError } from '@/lib/errors/api-error'
import { inspectSlices } from '@/lib/formats/inspector'
import { enforce } from '@/lib/policy/enforce'
import { ownNewImageTarget } from '@/lib/policy/targets'
import { redactUrls } from '@/lib/runtime/redact-urls'
import { askWeb, lengthOf, sourceFailed, sourceRefused, type WebRequest } from '@/lib/stores/web/web-request'
import { withinPreviewTurn } from './preview-turns'
import type { SourcePreview } from './view'

const HEAD_BYTES = 64 * 1024

/**
 * Looks at a file on the web before an import of it: by the same filter, at the same addresses, a few small parts.
 * Throws `bad_request` when the filter or the settings refuse, `source_unavailable` when the source does not give the
 * file, `too_many_requests` and `policy_denied`.
 */
export async function previewSource(ctx: RequestContext, uri: string): Promise<SourcePreview> {
  enforce(ctx, 'add_image', ownNewImageTarget(ctx))
  if (!config().images.enabledImportMethods.includes('web-download')) {
    throw apiError('bad_request', { public: 'This cloud does not import from addresses.' })
  }
  return await withinPreviewTurn(ctx.principal.userId, (signal) => lookAtFile(uri, { signal }))
}

/** How a source is asked that is more than an address. */
export type LookOptions = Pick<WebRequest, 'signal' | 'use' | 'token'>

/**
 * Reads the few places of a file on the web that tell what it is. Throws `bad_request` and `source_unavailable` as
 * {@link previewSource}.
 */
export async function lookAtFile(uri: string, options: LookOptions): Promise<SourcePreview> {
  const origin = { ...options, first: uri }
  const first = await askForPart(uri, { start: 0, end: HEAD_BYTES }, origin)
  const { target, sizeBytes, response, bytes: head } = first
  const read = async (start: number, end: number) => {
    if (end <= head.byteLength) return head.subarray(start, end)
    const part = await askForPart(target, { start, end }, origin)
    if (!part.isPart || part.bytes.byteLength < end - start) throw sourceFailed('The source gives no parts of the file')
    return part.bytes
  }
  const canInspect = sizeBytes !== null && (first.isPart || sizeBytes <= head.byteLength)
  return {
    sizeBytes,
    fileName: fileNameOf(target),
    mediaType: response.headers['content-type'] ?? null,
    redirectedTo: target === uri ? null : redactUrls(target),
    inspection: canInspect ? await inspectSlices(sizeBytes, read).catch(unlessFailed) : null,
  }
}

/** Without the places that a source does not give there is nothing to say; the import will look at all of it. */
function unlessFailed(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'source_unavailable') return null
  throw error
}

interface Part {
  readonly response: IncomingMessage
  readonly target: string
  /** of the whole file; null where the source does not say */
  readonly sizeBytes: number | null
  readonly bytes: Buffer
  /** false when the source sent the file from its beginning */
  readonly isPart: boolean
}

async function askForPart(
  uri: string,
  { start, end }: { readonly start: number; readonly end: number },
  origin: LookOptions & { readonly first: string },
): Promise<Part> {
  const { response, target } = await askWeb(uri, { ...origin, headers: { range: `bytes=${start}-${end - 1}` } })
  try {
    const { statusCode, statusMessage = '' } = response
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers['content-range'] ?? '')
    const isPart = statusCode === 206 && Number(range?.[1]) === start
    if (!isPart && statusCode !== 200) throw sourceRefused(statusCode, statusMessage)
    const sizeBytes = isPart ? Number(range?.[2]) : (lengthOf(response) ?? null)
    return { response, target, sizeBytes, bytes: await firstBytes(response, end - start), isPart }
  } finally {
    response.destroy()
  }
}

async function firstBytes(response: IncomingMessage, lengthBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let received = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    received += chunk.byteLength
    if (received >= lengthBytes) break
  }
  return Buffer.concat(chunks).subarray(0, lengthBytes)
}

function fileNameOf(uri: string): string {
  const last = new URL(uri).pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}
