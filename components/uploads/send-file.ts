import { uploadTexts } from './messages'

export type SendResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly requestId: string | null }

export interface SendOptions {
  readonly url: string
  readonly file: Blob
  readonly onProgress: (sentBytes: number) => void
  /** All bytes have left; the server is still at work. */
  readonly onSent: () => void
  readonly signal: AbortSignal
}

/**
 * Puts a file to an address of this server. Resolves also when the server refuses, with its reason in words; rejects
 * with an AbortError when `signal` fires. XMLHttpRequest, because fetch cannot tell how much it has sent.
 */
export function sendFile({ url, file, onProgress, onSent, signal }: SendOptions): Promise<SendResult> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    const settle = (result: SendResult) => {
      signal.removeEventListener('abort', abort)
      resolve(result)
    }
    request.open('PUT', url)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = (event) => onProgress(event.loaded)
    request.upload.onload = () => onSent()
    request.onload = () => settle(resultOf(request))
    request.onerror = () => settle({ ok: false, reason: uploadTexts.network, requestId: null })
    request.onabort = () => reject(new DOMException('Upload cancelled', 'AbortError'))
    signal.addEventListener('abort', abort)
    if (signal.aborted) reject(new DOMException('Upload cancelled', 'AbortError'))
    else request.send(file)
  })
}

function resultOf(request: XMLHttpRequest): SendResult {
  if (request.status >= 200 && request.status < 300) return { ok: true }
  const requestId = request.getResponseHeader('x-openstack-request-id')
  if (request.status === 401) return { ok: false, reason: uploadTexts.sessionOver, requestId }
  return { ok: false, reason: messageOf(request.responseText) ?? uploadTexts.refused(request.status), requestId }
}

function messageOf(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string') {
      return body.message
    }
  } catch {
    // Not ours: a proxy's page, for example. Its status says enough.
  }
  return null
}
