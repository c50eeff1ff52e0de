import { linkOf } from '@/lib/images/parse-list-query'
import { listNamespaces } from '@/lib/metadefs/list-namespaces'
import {
  propertyMap,
  wireAssociation,
  wireNamespace,
  wireObject,
  wireObjectFields,
  wireResourceType,
  wireTag,
  wireTimedAssociation,
  withPrefix,
} from '@/lib/metadefs/metadef'
import {
  type CreatedNamespace,
  createNamespace,
  deleteContent,
  deleteNamespace,
  type ShownNamespace,
  showNamespace,
  updateNamespace,
} from '@/lib/metadefs/namespaces'
import { createObject, deleteObject, getObject, listObjects, updateObject } from '@/lib/metadefs/objects'
import {
  checkObjectQuery,
  parseNamespaceQuery,
  parseNamespaceVisibility,
  parseTagQuery,
} from '@/lib/metadefs/parse-queries'
import { createProperty, deleteProperty, getProperty, listProperties, updateProperty } from '@/lib/metadefs/properties'
import { wireSchema } from '@/lib/metadefs/property-schema'
import {
  createAssociation,
  deleteAssociation,
  listAssociations,
  listResourceTypes,
} from '@/lib/metadefs/resource-types'
import { createTag, createTags, deleteTag, getTag, listTags, renameTag } from '@/lib/metadefs/tags'
import type { Operation } from './route'
import { emptyResponse, jsonResponse, readJson, type WireRequest } from './wire'

// Source of all: metadefs.md 2.

type Run = Operation['run']

const namespaceOf = ({ params }: WireRequest) => params.namespace ?? ''
const nameOf = ({ params }: WireRequest) => params.name ?? ''

export const listNamespacesRequest: Run = async (ctx, { query }) => {
  const parameters = new URLSearchParams(query)
  const { rows, next } = await listNamespaces(ctx, parseNamespaceQuery(parameters))
  const path = '/v2/metadefs/namespaces'
  return jsonResponse(200, {
    namespaces: rows.map(({ namespace, associations }) =>
      wireNamespace(namespace, ifAny('resource_type_associations', associations.map(wireTimedAssociation))),
    ),
    first: linkOf(path, parameters),
    ...(next !== undefined && { next: linkOf(path, parameters, next) }),
    schema: '/v2/schemas/metadefs/namespaces',
  })
}

export const createNamespaceRequest: Run = async (ctx, request) => {
  const created = await createNamespace(ctx, await readJson(request))
  const name = encodeURIComponent(created.namespace.name).replaceAll('%3A', ':')
  const location = `${request.origin}/v2/metadefs/namespaces/${name}`
  return jsonResponse(201, createdDocument(created), { location })
}

/** What was sent comes back: no times and no links inside. */
function createdDocument({ namespace, content, objectParts }: CreatedNamespace) {
  return wireNamespace(namespace, {
    ...ifAny('resource_type_associations', content.associations.map(wireAssociation)),
    ...(content.properties.length > 0 && { properties: propertyMap(content.properties) }),
    ...ifAny(
      'objects',
      content.objects.map((object, index) => wireObjectFields(object, objectParts[index])),
    ),
    ...ifAny(
      'tags',
      content.tags.map((name) => ({ name })),
    ),
  })
}

export const showNamespaceRequest: Run = async (ctx, request) => {
  const parameters = new URLSearchParams(request.query)
  parseNamespaceVisibility(parameters)
  const shown = await showNamespace(ctx, namespaceOf(request))
  return jsonResponse(200, shownDocument(shown, parameters.get('resource_type') ?? ''))
}

function shownDocument({ namespace, associations, properties, objects, tags }: ShownNamespace, resourceType: string) {
  const prefix = associations.find(({ name }) => name === resourceType)?.prefix ?? ''
  const shownObjects = objects.map((object) => ({
    ...object,
    required: object.required.map((name) => prefix + name),
    properties: withPrefix(prefix, object.properties),
  }))
  return wireNamespace(namespace, {
    ...ifAny('resource_type_associations', associations.map(wireTimedAssociation)),
    ...(properties.length > 0 && { properties: withPrefix(prefix, propertyMap(properties)) }),
    ...ifAny(
      'objects',
      shownObjects.map((object) => wireObject(namespace.name, object)),
    ),
    ...ifAny(
      'tags',
      tags.map(({ name }) => ({ name })),
    ),
  })
}

function ifAny(name: string, items: readonly unknown[]): Readonly<Record<string, unknown>> {
  return items.length > 0 ? { [name]: items } : {}
}

export const updateNamespaceRequest: Run = async (ctx, request) => {
  const body = await readJson(request)
  return jsonResponse(200, wireNamespace(await updateNamespace(ctx, namespaceOf(request), body)))
}

export const deleteNamespaceRequest: Run = async (ctx, request) => {
  await deleteNamespace(ctx, namespaceOf(request))
  return emptyResponse(204)
}

export const deleteContentRequest =
  (kind: 'objects' | 'properties' | 'tags'): Run =>
  async (ctx, request) => {
    await deleteContent(ctx, namespaceOf(request), kind)
    return emptyResponse(204)
  }

export const listResourceTypesRequest: Run = async (ctx) =>
  jsonResponse(200, { resource_types: (await listResourceTypes(ctx)).map(wireResourceType) })

export const listAssociationsRequest: Run = async (ctx, request) => {
  const associations = await listAssociations(ctx, namespaceOf(request))
  return jsonResponse(200, { resource_type_associations: associations.map(wireTimedAssociation) })
}

export const createAssociationRequest: Run = async (ctx, request) => {
  const association = await createAssociation(ctx, namespaceOf(request), await readJson(request))
  return jsonResponse(201, wireTimedAssociation(association))
}

export const deleteAssociationRequest: Run = async (ctx, request) => {
  await deleteAssociation(ctx, namespaceOf(request), nameOf(request))
  return emptyResponse(204)
}

export const listObjectsRequest: Run = async (ctx, request) => {
  checkObjectQuery(new URLSearchParams(request.query))
  const objects = await listObjects(ctx, namespaceOf(request))
  // Without its first slash: clients got it so from the beginning.
  return jsonResponse(200, { objects: objects.map(objectOf(request)), schema: 'v2/schemas/metadefs/objects' })
}

const objectOf = (request: WireRequest) => (object: Parameters<typeof wireObject>[1]) =>
  wireObject(namespaceOf(request), object)

export const createObjectRequest: Run = async (ctx, request) => {
  const { object, parts } = await createObject(ctx, namespaceOf(request), await readJson(request))
  return jsonResponse(201, wireObject(namespaceOf(request), object, parts))
}

export const showObjectRequest: Run = async (ctx, request) =>
  jsonResponse(200, objectOf(request)(await getObject(ctx, namespaceOf(request), nameOf(request))))

export const updateObjectRequest: Run = async (ctx, request) => {
  const body = await readJson(request)
  const { object, parts } = await updateObject(ctx, namespaceOf(request), nameOf(request), body)
  return jsonResponse(200, wireObject(namespaceOf(request), object, parts))
}

export const deleteObjectRequest: Run = async (ctx, request) => {
  await deleteObject(ctx, namespaceOf(request), nameOf(request))
  return emptyResponse(204)
}

export const listPropertiesRequest: Run = async (ctx, request) =>
  jsonResponse(200, { properties: propertyMap(await listProperties(ctx, namespaceOf(request))) })

export const createPropertyRequest: Run = async (ctx, request) => {
  const { schema } = await createProperty(ctx, namespaceOf(request), await readJson(request))
  return jsonResponse(201, wireSchema(schema))
}

export const showPropertyRequest: Run = async (ctx, request) => {
  const resourceType = new URLSearchParams(request.query).get('resource_type') ?? ''
  const { name, schema } = await getProperty(ctx, namespaceOf(request), nameOf(request), resourceType)
  return jsonResponse(200, { name, ...wireSchema(schema) })
}

export const updatePropertyRequest: Run = async (ctx, request) => {
  const body = await readJson(request)
  const { schema } = await updateProperty(ctx, namespaceOf(request), nameOf(request), body)
  return jsonResponse(200, wireSchema(schema))
}

export const deletePropertyRequest: Run = async (ctx, request) => {
  await deleteProperty(ctx, namespaceOf(request), nameOf(request))
  return emptyResponse(204)
}

const namesOnly = (names: readonly string[]) => ({ tags: names.map((name) => ({ name })) })

export const listTagsRequest: Run = async (ctx, request) => {
  const query = parseTagQuery(new URLSearchParams(request.query))
  const tags = await listTags(ctx, namespaceOf(request), query)
  return jsonResponse(200, namesOnly(tags.map(({ name }) => name)))
}

const trueWords: ReadonlySet<string> = new Set(['1', 't', 'true', 'on', 'y', 'yes'])

export const createTagsRequest: Run = async (ctx, request) => {
  const body = await readJson(request)
  const isAppending = trueWords.has((request.header('x-openstack-append') ?? '').trim().toLowerCase())
  return jsonResponse(201, namesOnly(await createTags(ctx, namespaceOf(request), body, { isAppending })))
}

export const showTagRequest: Run = async (ctx, request) =>
  jsonResponse(200, wireTag(await getTag(ctx, namespaceOf(request), nameOf(request))))

export const createTagRequest: Run = async (ctx, request) =>
  jsonResponse(201, wireTag(await createTag(ctx, namespaceOf(request), nameOf(request))))

export const renameTagRequest: Run = async (ctx, request) => {
  const body = await readJson(request)
  return jsonResponse(200, wireTag(await renameTag(ctx, namespaceOf(request), nameOf(request), body)))
}

export const deleteTagRequest: Run = async (ctx, request) => {
  await deleteTag(ctx, namespaceOf(request), nameOf(request))
  return emptyResponse(204)
}
