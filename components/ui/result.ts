/** What a server action answers; `message` is a sentence for the person who acted. */
export type Result<T> =
  | { readonly ok: true; readonly data: T }
  | {
      readonly ok: false
      readonly code: string
      readonly message: string
      readonly requestId?: string
      readonly fieldErrors?: Readonly<Record<string, string>>
    }
