/** What metadata definitions say of the properties of images, as the dashboard uses it: plain JSON. */
export interface PropertyGroup {
  readonly namespace: string
  /** of the namespace, or of an object in it */
  readonly title: string
  readonly description: string | null
  /** an object's name; null for the namespace's own properties */
  readonly object: string | null
  /** keys that belong to the object in any case */
  readonly required: readonly string[]
  readonly properties: readonly PropertyDefinition[]
}

export interface PropertyDefinition {
  /** as images have it, the namespace's prefix included */
  readonly key: string
  readonly title: string
  readonly description: string | null
  readonly type: 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string'
  /** the only values there may be; of an array, its items */
  readonly choices: readonly string[] | null
  readonly minimum: number | null
  readonly maximum: number | null
  readonly minLength: number | null
  readonly maxLength: number | null
  readonly pattern: string | null
  /** how an array's items are meant together, as `<in>` or `<or>` */
  readonly operators: readonly string[]
  readonly isReadOnly: boolean
  /** as text, the way an image would have it */
  readonly default: string | null
}
