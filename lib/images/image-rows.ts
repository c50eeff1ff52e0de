import { z } from 'zod'
import type { DatabaseFlavour } from '@/lib/db/client'
import { type Image, type ImageLocation, visibilities } from './image'
import { imageStatuses } from './status'

/** What the hydrating statement selects for each image; aggregates come parsed on PostgreSQL, as text on SQLite. */
export type ImageRow = readonly [
  id: string,
  name: string | null,
  status: string,
  visibility: string,
  ownerId: string | null,
  diskFormat: string | null,
  containerFormat: string | null,
  sizeBytes: number | null,
  virtualSizeBytes: number | null,
  checksum: string | null,
  hashAlgorithm: string | null,
  hashValue: string | null,
  minRamMib: number,
  minDiskGib: number,
  isProtected: boolean | number,
  isHidden: boolean | number,
  createdAt: string | number,
  updatedAt: string | number,
  tags: string | string[] | null,
  properties: string | Record<string, string> | null,
  locations: string | ImageLocation[] | null,
]

/** The first places of an ImageRow. */
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
    id: row[0],
    name: row[1],
    status: statusOf(row[2]),
    visibility: visibilityOf(row[3]),
    ownerId: row[4],
    diskFormat: row[5],
    containerFormat: row[6],
    sizeBytes: row[7],
    virtualSizeBytes: row[8],
    checksum: row[9],
    hashAlgorithm: row[10],
    hashValue: row[11],
    minRamMib: row[12],
    minDiskGib: row[13],
    isProtected: Boolean(row[14]),
    isHidden: Boolean(row[15]),
    createdAt: msOf(row[16]),
    updatedAt: msOf(row[17]),
    tags: parsed(row[18], []),
    properties: parsed(row[19], {}),
    locations: parsed(row[20], []),
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
