import { NAME_LENGTH_MAX } from './document-rules'
import { namespaceVisibilities } from './metadef'
import { propertyTypes } from './property-schema'

type Json = Readonly<Record<string, unknown>>

const text = { type: 'string' }
const name80 = { type: 'string', maxLength: NAME_LENGTH_MAX }
const flag = { type: 'boolean' }
const readOnlyText = { type: 'string', readOnly: true }
const time = (description: string) => ({ type: 'string', readOnly: true, description, format: 'date-time' })
const definition = (name: string) => ({ $ref: `#/definitions/${name}` })

const counts = {
  positiveInteger: { type: 'integer', minimum: 0 },
  positiveIntegerDefault0: { allOf: [definition('positiveInteger'), { default: 0 }] },
}
const names = { type: 'array', items: text, uniqueItems: true }
// Glance says null, too, and refuses it.
const types = { type: 'string', enum: [...propertyTypes, null] }

const propertyKeys = {
  name: name80,
  title: text,
  description: text,
  operators: { type: 'array', items: text },
  type: types,
  required: definition('stringArray'),
  minimum: { type: 'number' },
  maximum: { type: 'number' },
  maxLength: definition('positiveInteger'),
  minLength: definition('positiveIntegerDefault0'),
  pattern: { type: 'string', format: 'regex' },
  enum: { type: 'array' },
  readonly: flag,
  default: {},
  items: { type: 'object', properties: { type: types, enum: { type: 'array' } } },
  maxItems: definition('positiveInteger'),
  minItems: definition('positiveIntegerDefault0'),
  uniqueItems: { type: 'boolean', default: false },
  additionalItems: flag,
}

const definitions = {
  ...counts,
  stringArray: names,
  property: {
    type: 'object',
    additionalProperties: { type: 'object', required: ['title', 'type'], properties: propertyKeys },
  },
}
const propertyDefinitions = { ...counts, stringArray: { ...names, minItems: 1 } }

const namespaceKeys = {
  namespace: { ...name80, description: 'Name of the namespace, unique in the whole service' },
  display_name: { ...name80, description: 'Name for people, shown in its place' },
  description: { type: 'string', maxLength: 500, description: 'What the namespace is about' },
  visibility: { type: 'string', enum: namespaceVisibilities, description: 'Who can find it' },
  protected: { type: 'boolean', description: 'Whether deleting it is refused' },
  owner: { type: 'string', maxLength: 255, description: 'Project it belongs to' },
  created_at: time('Time the namespace was made'),
  updated_at: time('Time of its last change'),
  schema: readOnlyText,
  self: readOnlyText,
  resource_type_associations: {
    type: 'array',
    items: { type: 'object', properties: { name: text, prefix: text, properties_target: text } },
  },
  properties: definition('property'),
  objects: {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        name: text,
        description: text,
        required: definition('stringArray'),
        properties: definition('property'),
      },
    },
  },
  tags: { type: 'array', items: { type: 'object', properties: { name: text } } },
}

const associationKeys = {
  name: { ...name80, description: 'Type of resource, by its name in Heat where it has one' },
  prefix: { ...name80, description: 'What comes before the name of a property on this type, its separator included' },
  properties_target: { ...name80, description: 'Which properties of the resource are meant where it has several sets' },
  created_at: time('Time the type was associated'),
  updated_at: time('Time of the last change'),
}

const objectKeys = {
  name: name80,
  description: text,
  required: definition('stringArray'),
  properties: definition('property'),
  schema: readOnlyText,
  self: readOnlyText,
  created_at: time('Time the object was made'),
  updated_at: time('Time of its last change'),
}

const tagKeys = {
  name: name80,
  created_at: time('Time the tag was made'),
  updated_at: time('Time of its last change'),
}

const single = (name: string, properties: Json, required: readonly string[], shared?: Json): Json => ({
  name,
  properties,
  additionalProperties: false,
  required,
  ...(shared !== undefined && { definitions: shared }),
})

const links = [
  { rel: 'first', href: '{first}' },
  { rel: 'next', href: '{next}' },
  { rel: 'describedby', href: '{schema}' },
]

function collection(name: string, list: Json, shared?: Json): Json {
  return {
    name,
    properties: { [name]: list, first: text, next: text, schema: text },
    links,
    ...(shared !== undefined && { definitions: shared }),
  }
}

const listOf = (items: Json): Json => ({ type: 'array', items })

const namespace = (shared?: Json) => single('namespace', namespaceKeys, ['namespace'], shared)
const association = single('resource_type_association', associationKeys, ['name'])
const object = (shared?: Json) => single('object', objectKeys, ['name'], shared)
const tag = single('tag', tagKeys, ['name'])
const property = (required: readonly string[], shared?: Json) => single('property', propertyKeys, required, shared)

const documents: Readonly<Record<string, Json>> = {
  namespace: namespace(definitions),
  namespaces: collection('namespaces', listOf(namespace()), definitions),
  resource_type: association,
  resource_types: collection('resource_type_associations', listOf(association)),
  property: property(['type', 'title', 'name'], propertyDefinitions),
  properties: collection(
    'properties',
    { type: 'object', additionalProperties: property(['type', 'title']) },
    propertyDefinitions,
  ),
  object: object(definitions),
  objects: collection('objects', listOf(object()), definitions),
  tag,
  tags: collection('tags', listOf(tag)),
}

/** A document of GET /v2/schemas/metadefs/{kind}, or undefined. Source: metadefs.md 9. */
export function metadefSchemaDocument(kind: string): Json | undefined {
  return Object.hasOwn(documents, kind) ? documents[kind] : undefined
}
