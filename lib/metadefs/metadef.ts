import { wireTime } from '@/lib/images/iso-time'
import { type PropertySchema, wireSchema } from './property-schema'

export const namespaceVisibilities = ['public', 'private'] as const
export type NamespaceVisibility = (typeof namespaceVisibilities)[number]

/** Times are epoch milliseconds of whole seconds; null where nobody changed what definition files brought. */
interface Times {
  readonly createdAt: number
  readonly updatedAt: number | null
}

/** What a caller may say of a namespace itself. */
export interface NamespaceFields {
  readonly name: string
  readonly displayName: string | null
  readonly description: string | null
  readonly visibility: NamespaceVisibility
  readonly isProtected: boolean
  /** any text, which nobody compares with the identity service's projects */
  readonly ownerId: string
}

export interface Namespace extends NamespaceFields, Times {
  readonly id: number
}

export interface ObjectFields {
  readonly name: string
  readonly description: string | null
  readonly required: readonly string[]
  readonly properties: Readonly<Record<string, PropertySchema>>
}

export interface MetadefObject extends ObjectFields, Times {}

export interface PropertyFields {
  readonly name: string
  readonly schema: PropertySchema
}

export interface AssociationFields {
  /** the name of the resource type */
  readonly name: string
  /** put in front of the namespace's properties on this type, its separator included */
  readonly prefix: string | null
  readonly propertiesTarget: string | null
}

export interface Association extends AssociationFields, Times {}

export interface MetadefTag extends Times {
  readonly name: string
}

export interface ResourceType extends Times {
  readonly name: string
}

/** Everything in a namespace. */
export interface NamespaceContent {
  readonly associations: readonly AssociationFields[]
  readonly properties: readonly PropertyFields[]
  readonly objects: readonly ObjectFields[]
  /** names */
  readonly tags: readonly string[]
}

type Json = Readonly<Record<string, unknown>>

export function wireTimes({ createdAt, updatedAt }: Times): Json {
  return { created_at: wireTime(createdAt), ...(updatedAt !== null && { updated_at: wireTime(updatedAt) }) }
}

/** A namespace's own fields, as the API and definition files name them. */
export function wireNamespaceFields(namespace: NamespaceFields): Json {
  return {
    namespace: namespace.name,
    ...(namespace.displayName !== null && { display_name: namespace.displayName }),
    ...(namespace.description !== null && { description: namespace.description }),
    visibility: namespace.visibility,
    protected: namespace.isProtected,
    owner: namespace.ownerId,
  }
}

/** A namespace as the API shows it, with these documents of what is in it. */
export function wireNamespace(namespace: Namespace, content: Json = {}): Json {
  return {
    ...wireNamespaceFields(namespace),
    ...wireTimes(namespace),
    ...content,
    self: `/v2/metadefs/namespaces/${namespace.name}`,
    schema: '/v2/schemas/metadefs/namespace',
  }
}

export function wireAssociation({ name, prefix, propertiesTarget }: AssociationFields): Json {
  return {
    name,
    ...(prefix !== null && { prefix }),
    ...(propertiesTarget !== null && { properties_target: propertiesTarget }),
  }
}

export const wireTimedAssociation = (association: Association): Json => ({
  ...wireAssociation(association),
  ...wireTimes(association),
})

/** An object's own fields; lists and maps that nobody sent stay out when `sent` says so. */
export function wireObjectFields(
  { name, description, required, properties }: ObjectFields,
  sent: { readonly required: boolean; readonly properties: boolean } = { required: true, properties: true },
): Json {
  return {
    name,
    ...(sent.required && { required }),
    ...(description !== null && { description }),
    ...(sent.properties && { properties: wireProperties(properties) }),
  }
}

export function wireObject(
  namespace: string,
  object: MetadefObject,
  sent?: { readonly required: boolean; readonly properties: boolean },
): Json {
  return {
    ...wireObjectFields(object, sent),
    ...wireTimes(object),
    self: `/v2/metadefs/namespaces/${namespace}/objects/${object.name}`,
    schema: '/v2/schemas/metadefs/object',
  }
}

export const wireTag = (tag: MetadefTag): Json => ({ name: tag.name, ...wireTimes(tag) })

export const wireResourceType = (type: ResourceType): Json => ({ name: type.name, ...wireTimes(type) })

/** Properties by name, as the API shows them; `Object.fromEntries` also keeps one that is called `__proto__`. */
export function propertyMap(properties: readonly PropertyFields[]): Readonly<Record<string, PropertySchema>> {
  return Object.fromEntries(properties.map(({ name, schema }) => [name, wireSchema(schema)]))
}

function wireProperties(properties: Readonly<Record<string, PropertySchema>>) {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, wireSchema(schema)]))
}

/** The keys of properties as a resource type with this prefix has them. */
export function withPrefix(
  prefix: string,
  properties: Readonly<Record<string, PropertySchema>>,
): Readonly<Record<string, PropertySchema>> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [prefix + name, schema]))
}
