import { z } from 'zod'
import type { RequestContext } from '@/lib/context/request-context'
import { db } from '@/lib/db/client'
import { enforceOnProject, showsRows, standingOn, viewerOf } from './access'
import type { Namespace } from './metadef'
import { namespaceOfRow, visibleTo } from './namespace-repo'
import { propertyTypes } from './property-schema'
import type { PropertyDefinition, PropertyGroup } from './view'

/** The resource type that images are. */
const IMAGE_TYPE = 'OS::Glance::Image'

/**
 * What the metadata definitions that the caller may read say of image properties, by namespace and object in the order
 * of their titles; their keys have the namespace's prefix. A few statements, however many namespaces there are. Throws
 * `policy_denied` and `not_found` where the caller may list no namespaces.
 */
export async function imagePropertyGroups(ctx: RequestContext): Promise<PropertyGroup[]> {
  enforceOnProject(ctx, 'listNamespaces')
  const rows = await db().metadefAssociation.findMany({
    where: { resourceType: { name: IMAGE_TYPE }, namespace: visibleTo(viewerOf(ctx)) },
    include: { namespace: true },
  })
  const found = rows
    .map(({ namespace, prefix }) => ({ namespace: namespaceOfRow(namespace), prefix: prefix ?? '' }))
    .filter(({ namespace }) => showsRows(ctx, 'listNamespaces', namespace))
  const idsFor = (call: 'listProperties' | 'listObjects') => ({
    namespaceId: {
      in: found
        .map(({ namespace }) => namespace)
        .filter((namespace) => standingOn(ctx, call, namespace) === 'granted')
        .map(({ id }) => id),
    },
  })
  const [properties, objects] = await Promise.all([
    db().metadefProperty.findMany({ where: idsFor('listProperties'), orderBy: { name: 'asc' } }),
    db().metadefObject.findMany({ where: idsFor('listObjects'), orderBy: { name: 'asc' } }),
  ])
  const groups = found.flatMap(({ namespace, prefix }): PropertyGroup[] => {
    const own = properties.filter(({ namespaceId }) => namespaceId === namespace.id)
    return [
      {
        ...headOf(namespace),
        object: null,
        required: [],
        properties: own.map(({ name, schema }) => definitionOf(prefix + name, JSON.parse(schema))),
      },
      ...objects
        .filter(({ namespaceId }) => namespaceId === namespace.id)
        .map((object) => ({
          ...headOf(namespace),
          title: `${headOf(namespace).title}: ${object.name}`,
          description: object.description,
          object: object.name,
          required: namesOf(object.required).map((name) => prefix + name),
          properties: Object.entries(schemasOf(object.properties)).map(([name, schema]) =>
            definitionOf(prefix + name, schema),
          ),
        })),
    ]
  })
  return groups
    .filter((group) => group.properties.length > 0)
    .toSorted((one, other) => one.title.localeCompare(other.title))
}

function headOf({ name, displayName, description }: Namespace) {
  return { namespace: name, title: displayName ?? name, description }
}

const namesOf = (text: string): string[] => z.array(z.string()).parse(JSON.parse(text))
const schemasOf = (text: string) => z.record(z.string(), z.unknown()).parse(JSON.parse(text))

const number = z.number().nullable().catch(null)
const text = z.string().nullable().catch(null)
const values = z.array(z.unknown()).nullable().catch(null)

/** Every key is optional: what was stored passed the API's own looser checks. */
const schemaShape = z.object({
  type: z.enum(propertyTypes).catch('string'),
  title: text,
  description: text,
  enum: values,
  items: z.object({ enum: values }).nullable().catch(null),
  minimum: number,
  maximum: number,
  minLength: number,
  maxLength: number,
  pattern: text,
  operators: z.array(z.string()).catch([]),
  readonly: z.boolean().catch(false),
  default: z.unknown().optional(),
})

function definitionOf(key: string, stored: unknown): PropertyDefinition {
  const schema = schemaShape.parse(stored)
  const choices = schema.type === 'array' ? (schema.items?.enum ?? null) : schema.enum
  return {
    key,
    title: schema.title ?? key,
    description: schema.description,
    type: schema.type,
    choices: choices === null ? null : choices.map(textOf),
    minimum: schema.minimum,
    maximum: schema.maximum,
    minLength: schema.minLength,
    maxLength: schema.maxLength,
    pattern: schema.pattern,
    operators: schema.operators,
    isReadOnly: schema.readonly,
    default: schema.default === undefined || schema.default === null ? null : textOf(schema.default),
  }
}

/** A value the way an image has it: text. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.map(textOf).join(',') : JSON.stringify(value)
}
