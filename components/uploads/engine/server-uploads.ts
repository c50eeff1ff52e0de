/** An upload of the reader's, as the server tells of it; sizes in bytes. */
export interface ServerUpload {
  readonly url: string
  readonly state: 'open' | 'finished'
  readonly image_id: string
  readonly image_status: string
  readonly offset: number
  readonly failure: { readonly message: string; readonly request_id: string | null } | null
}

/** Newest first; of one image when it is named. Throws when the server does not answer them. */
export async function serverUploads(imageId?: string): Promise<readonly ServerUpload[]> {
  const query = imageId === undefined ? '' : `?image_id=${encodeURIComponent(imageId)}`
  const response = await fetch(`/api/uploads${query}`, { headers: { Accept: 'application/json' } })
  if (!response.ok) throw new Error(`uploads are answered with ${response.status}`)
  const { uploads }: { uploads: readonly ServerUpload[] } = await response.json()
  return uploads
}
