import { apiError } from '@/lib/errors/api-error'
import { violation } from '@/lib/images/validate-document'
import {
  checkName,
  checkText,
  mismatch,
  NAME_LENGTH_MAX,
  refuseReadOnly,
  refuseUnstorable,
  requireObject,
} from './document-rules'
import {
  type AssociationFields,
  type NamespaceContent,
  type NamespaceFields,
  type NamespaceVisibility,
  namespaceVisibilities,
  type ObjectFields,
  type PropertyFields,
} from './metadef'
import { readNames, readPropertyMap, readPropertySchema, unexpected } from './property-schema'

export type Document = Readonly<Record<string, unknown>> | readonly unknown[]

const ofEntity = ['self', 'schema', 'created_at', 'updated_at'] as const
const ofPart = ['created_at', 'updated_at'] as const

const DESCRIPTION_LENGTH_MAX = 500
const OWNER_LENGTH_MAX = 255

/** A namespace that was sent: its own fields, the owner where it named one, and what it shall hold. */
export interface NamespaceDocument {
  readonly fields: Omit<NamespaceFields, 'ownerId'> & { readonly ownerId: string | null }
  readonly content: NamespaceContent
  /** which parts of nested objects were sent, in their order: an answer repeats no others */
  readonly objectParts: readonly ObjectParts[]
}

export interface ObjectParts {
  readonly required: boolean
  readonly properties: boolean
}

const namespaceKeys = [
  'namespace',
  'display_name',
  'description',
  'visibility',
  'protected',
  'owner',
  'resource_type_associations',
  'properties',
  'objects',
  'tags',
]

/** Reads the body of POST and PUT of a namespace. Throws `attribute_read_only` and `bad_request`. Source: metadefs.md 4. */
export function readNamespace(document: Document): NamespaceDocument {
  const kind = 'namespace'
  refuseReadOnly(document, ofEntity)
  refuseUnstorable(document)
  const body = requireObject(kind, document)
  refuseUnknown(kind, body, namespaceKeys)
  if (!Object.hasOwn(body, 'namespace')) throw mismatch(kind, "'namespace' is a required property")
  const objects = listOf(kind, body, 'objects').map((item) => without(ofEntity, requireObject(kind, item)))
  const fields = {
    name: checkName(kind, body.namespace),
    displayName: optionalText(kind, body, 'display_name', NAME_LENGTH_MAX),
    description: optionalText(kind, body, 'description', DESCRIPTION_LENGTH_MAX),
    visibility: visibilityOf(body),
    isProtected: flagOf(body, 'protected'),
    ownerId: optionalText(kind, body, 'owner', OWNER_LENGTH_MAX),
  }
  const content = {
    associations: listOf(kind, body, 'resource_type_associations').map((item) =>
      associationOf(kind, without(ofPart, requireObject(kind, item))),
    ),
    properties: nestedProperties(kind, body),
    objects: objects.map((item) => objectOf(kind, item)),
    tags: listOf(kind, body, 'tags').map((item) => tagOf(kind, without(ofPart, requireObject(kind, item)))),
  }
  return { fields, content, objectParts: objects.map(partsOf) }
}

/** Clients send back what they were shown, and change a part of it: what only the service sets is no error in there. */
function without(keys: readonly string[], item: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(item).filter(([key]) => !keys.includes(key)))
}

/** Reads the body of an association. Throws as {@link readNamespace}. */
export function readAssociation(document: Document): AssociationFields {
  refuseReadOnly(document, ofPart)
  refuseUnstorable(document)
  return associationOf('resource_type_association', document)
}

/** Reads the body of an object, and says which parts it had. Throws as {@link readNamespace}. */
export function readObject(document: Document): { readonly fields: ObjectFields; readonly parts: ObjectParts } {
  refuseReadOnly(document, ofEntity)
  refuseUnstorable(document)
  const fields = objectOf('object', document)
  return { fields, parts: partsOf(requireObject('object', document)) }
}

/** Reads the body of a property, which names itself. Throws as {@link readNamespace}. */
export function readProperty(document: Document): PropertyFields {
  refuseReadOnly(document, ofPart)
  refuseUnstorable(document)
  const schema = readPropertySchema('property', document, { isNamed: true })
  return { name: checkName('property', schema.name), schema }
}

/** Reads the new name of a tag. Throws as {@link readNamespace}. */
export function readTag(document: Document): string {
  refuseReadOnly(document, ofPart)
  refuseUnstorable(document)
  return tagOf('tag', document)
}

/** Reads the names of several tags. Throws as {@link readNamespace}. */
export function readTags(document: Document): readonly string[] {
  const kind = 'tags'
  refuseReadOnly(document, ofPart)
  refuseUnstorable(document)
  const body = requireObject(kind, document)
  refuseUnknown(kind, body, ['tags'])
  if (!Object.hasOwn(body, 'tags')) throw mismatch(kind, "'tags' is a required property")
  return listOf(kind, body, 'tags').map((item) => tagOf(kind, item))
}

function associationOf(kind: string, value: unknown): AssociationFields {
  const item = requireObject(kind, value)
  refuseUnknown(kind, item, ['name', 'prefix', 'properties_target'])
  requireName(kind, item)
  return {
    name: checkName(kind, item.name),
    prefix: optionalText(kind, item, 'prefix', NAME_LENGTH_MAX),
    propertiesTarget: optionalText(kind, item, 'properties_target', NAME_LENGTH_MAX),
  }
}

function objectOf(kind: string, value: unknown): ObjectFields {
  const item = requireObject(kind, value)
  refuseUnknown(kind, item, ['name', 'description', 'required', 'properties'])
  requireName(kind, item)
  return {
    name: checkName(kind, item.name),
    description: optionalText(kind, item, 'description'),
    required: Object.hasOwn(item, 'required') ? readNames('required', item.required, kind) : [],
    properties: Object.hasOwn(item, 'properties') ? readPropertyMap(kind, item.properties) : {},
  }
}

const partsOf = (item: Readonly<Record<string, unknown>>): ObjectParts => ({
  required: Object.hasOwn(item, 'required'),
  properties: Object.hasOwn(item, 'properties'),
})

function tagOf(kind: string, value: unknown): string {
  const item = requireObject(kind, value)
  refuseUnknown(kind, item, ['name'])
  requireName(kind, item)
  return checkName(kind, item.name)
}

function nestedProperties(kind: string, body: Readonly<Record<string, unknown>>): PropertyFields[] {
  if (!Object.hasOwn(body, 'properties')) return []
  const map = readPropertyMap(kind, body.properties)
  return Object.entries(map).map(([name, schema]) => ({ name: checkName(kind, name), schema }))
}

function requireName(kind: string, item: Readonly<Record<string, unknown>>): void {
  if (!Object.hasOwn(item, 'name')) throw mismatch(kind, "'name' is a required property")
}

function refuseUnknown(kind: string, body: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const unknown = Object.keys(body).find((name) => !known.includes(name))
  if (unknown !== undefined) throw unexpected(kind, unknown)
}

function listOf(kind: string, body: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  if (!Object.hasOwn(body, name)) return []
  const reason = violation({ type: 'array' }, body[name])
  if (reason !== undefined) throw mismatch(kind, reason)
  return body[name] as readonly unknown[]
}

function optionalText(
  kind: string,
  body: Readonly<Record<string, unknown>>,
  name: string,
  lengthMax?: number,
): string | null {
  return Object.hasOwn(body, name) ? checkText(kind, body[name], lengthMax) : null
}

function visibilityOf(body: Readonly<Record<string, unknown>>): NamespaceVisibility {
  if (!Object.hasOwn(body, 'visibility')) return 'private'
  const reason = violation({ type: 'string', enum: namespaceVisibilities }, body.visibility)
  if (reason !== undefined) throw mismatch('namespace', reason)
  return namespaceVisibilities.find((known) => known === body.visibility) ?? 'private'
}

function flagOf(body: Readonly<Record<string, unknown>>, name: string): boolean {
  if (!Object.hasOwn(body, name)) return false
  const reason = violation({ type: 'boolean' }, body[name])
  if (reason !== undefined) throw mismatch('namespace', reason)
  return body[name] === true
}

/** Throws the 409 that a repeated name has, before anything is written. */
export function refuseTwice(names: readonly string[], duplicate: (name: string) => string): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw apiError('conflict', { public: duplicate(name) })
    seen.add(name)
  }
}
