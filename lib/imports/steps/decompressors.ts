import type { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import zlib from 'node:zlib'
import { apiError } from '@/lib/errors/api-error'
import type { Wrapper } from '@/lib/formats/wrappers'
import type { BlobReader } from '@/lib/stores/store'
import { fileIn, startProgram } from './program'
import { zipMember } from './zip'

const CHUNK_BYTES = 1024 * 1024

export type Compression = Extract<Wrapper, 'gzip' | 'zip' | 'xz' | 'bzip2' | 'zstd'>

/** Reads the compressed bytes anew, all or a slice of them. */
export type OpenSlice = (slice: { readonly offset?: number; readonly length?: number }) => Promise<BlobReader>

/**
 * What compressed bytes hold. Throws `format_refused`, also while it is iterated, for bytes that are damaged, that need
 * more memory than a program may have, and for archives of anything but one file.
 */
export async function* decompressed(kind: Compression, open: OpenSlice): AsyncGenerator<Uint8Array> {
  if (kind === 'zip') {
    yield* inflated(kind, await zipMember(open), zlib.createGunzip({ chunkSize: CHUNK_BYTES }))
    return
  }
  const reader = await open({})
  try {
    if (kind === 'gzip') yield* inflated(kind, reader.stream(), zlib.createGunzip({ chunkSize: CHUNK_BYTES }))
    else yield* byProgram(kind, reader)
  } finally {
    await reader.close()
  }
}

async function* inflated(
  kind: Compression,
  source: Readable | AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Uint8Array> {
  const flow = pipeline(source, transform)
  // The same error comes out of the iteration.
  flow.catch(() => {})
  try {
    for await (const chunk of transform) yield chunk
    await flow
  } catch (error) {
    throw damaged(kind, error)
  } finally {
    transform.destroy()
  }
}

/** Node has zstd from 22.15 on, but on 22 it takes a stream that was cut for a whole one. */
const programs = {
  xz: ['xz', '--decompress', '--stdout', '--quiet', '--threads=1'],
  bzip2: ['bzip2', '--decompress', '--stdout', '--quiet'],
  zstd: ['zstd', '--decompress', '--stdout', '--quiet', '--no-progress'],
} as const

async function* byProgram(kind: keyof typeof programs, reader: BlobReader): AsyncGenerator<Uint8Array> {
  const program = startProgram(programs[kind], { stdin: fileIn(reader) })
  try {
    for await (const chunk of program.stdout) yield chunk
    await program.ended
  } finally {
    program.kill()
  }
}

function damaged(kind: Compression, cause: unknown) {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (!/^(Z_|ERR_ZLIB)/.test(code)) return cause
  return apiError('format_refused', { public: `The ${kind} data is damaged or incomplete.`, cause })
}
