import { z } from 'zod'
import type { DatabaseFlavour } from '@/lib/db/client'
import { type Image, type ImageLocation, visibilities } from './image'
import { imageStatuses } from './status'

/** What the hydrating statement selects for each image; aggregates come parsed on PostgreSQL, as text on SQLite. */
export interface ImageRow {
  readonly id: string
  readonly name: string | null
  readonly status: string
  readonly visibility: string
  readonly ownerId: string | null
  readonly diskFormat: string | null
  readonly containerFormat: string | null
  readonly sizeBytes: number | null
  readonly virtualSizeBytes: number | null
  readonly checksum: string | null
  readonly hashAlgorithm: string | null
  readonly hashValue: string | null
  readonly minRamMib: number
  readonly minDiskGib: number
  readonly isProtected: boolean | number
  readonly isHidden: boolean | number
  readonly createdAt: string | number
  readonly updatedAt: string | number
  readonly tags: string | string[] | null
  readonly properties: string | Record<string, string> | null
  readonly locations: string | ImageLocation[] | null
}

const plainColumns = [
  'id',
  'name',
  'status',
  'visibility',
  'ownerId',
  'diskFormat',
  'containerFormat',
  'sizeBytes',
  'virtualSizeBytes',
  'checksum',
  'hashAlgorithm',
  'hashValue',
  'minRamMib',
  'minDiskGib',
  'isProtected',
  'isHidden',
]

const plain = plainColumns.map((column) => `i."${column}"`).join(', ')
const location = "'id', l.\"id\", 'storeId', l.\"storeId\", 'url', l.\"url\", 'metadata'"
const ofImage = (table: string, alias: string) => `FROM "${table}" ${alias} WHERE ${alias}."imageId" = i."id"`

/** The select list that brings an image with its tags, properties and live locations in one statement. */
export const hydration: Readonly<Record<DatabaseFlavour, string>> = {
  sqlite: [
    plain,
    'i."createdAt"',
    'i."updatedAt"',
    `(SELECT json_group_array(v) FROM (SELECT t."value" AS v ${ofImage('ImageTag', 't')} ORDER BY t."position")) AS "tags"`,
    `(SELECT json_group_object(p."name", p."value") ${ofImage('ImageProperty', 'p')}) AS "properties"`,
    `(SELECT json_group_array(json(o)) FROM (SELECT json_object(${location}, json(l."metadata")) AS o ${ofImage('ImageLocation', 'l')} AND l."state" = 'active' ORDER BY l."position")) AS "locations"`,
  ].join(', '),
  postgresql: [
    plain,
    '(extract(epoch FROM i."createdAt") * 1000)::float8 AS "createdAt"',
    '(extract(epoch FROM i."updatedAt") * 1000)::float8 AS "updatedAt"',
    `(SELECT json_agg(t."value" ORDER BY t."position") ${ofImage('ImageTag', 't')}) AS "tags"`,
    `(SELECT json_object_agg(p."name", p."value") ${ofImage('ImageProperty', 'p')}) AS "properties"`,
    `(SELECT json_agg(json_build_object(${location}, l."metadata") ORDER BY l."position") ${ofImage('ImageLocation', 'l')} AND l."state" = 'active') AS "locations"`,
  ].join(', '),
}

const visibilitySchema = z.enum(visibilities)
const statusSchema = z.enum(imageStatuses)
const visibilitySet: ReadonlySet<string> = new Set(visibilities)
const statusSet: ReadonlySet<string> = new Set(imageStatuses)

export function imageOfRow(row: ImageRow, memberId: string | null = null): Image {
  return {
    id: row.id,
    name: row.name,
    status: statusOf(row.status),
    visibility: visibilityOf(row.visibility),
    ownerId: row.ownerId,
    diskFormat: row.diskFormat,
    containerFormat: row.containerFormat,
    sizeBytes: row.sizeBytes,
    virtualSizeBytes: row.virtualSizeBytes,
    checksum: row.checksum,
    hashAlgorithm: row.hashAlgorithm,
    hashValue: row.hashValue,
    minRamMib: row.minRamMib,
    minDiskGib: row.minDiskGib,
    isProtected: Boolean(row.isProtected),
    isHidden: Boolean(row.isHidden),
    createdAt: msOf(row.createdAt),
    updatedAt: msOf(row.updatedAt),
    tags: parsed(row.tags, []),
    properties: parsed(row.properties, {}),
    locations: parsed(row.locations, []),
    memberId,
  }
}

/** A number and no Date: the framework wraps that constructor, at a fifteenth of a list's cost. */
function msOf(time: string | number): number {
  return typeof time === 'number' ? time : Date.parse(time)
}

/** Fails loudly on a status that this release does not know, at the price of a set look-up. */
function statusOf(text: string): Image['status'] {
  return statusSet.has(text) ? (text as Image['status']) : statusSchema.parse(text)
}

function visibilityOf(text: string): Image['visibility'] {
  return visibilitySet.has(text) ? (text as Image['visibility']) : visibilitySchema.parse(text)
}

function parsed<T>(value: string | T | null, absent: T): T {
  if (value === null || value === '[]' || value === '{}') return absent
  return typeof value === 'string' ? (JSON.parse(value) as T) : value
}
