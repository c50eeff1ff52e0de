// Fills a catalog straight through the driver: a hundred thousand images in seconds.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'

const distros = ['debian', 'ubuntu', 'fedora', 'rocky', 'alpine', 'windows', 'freebsd', 'cirros']
const startMs = Date.UTC(2026, 0, 1)
const timeOf = (index) => new Date(startMs + index * 1000).toISOString().replace('Z', '+00:00')

/** Adds active images until there are `total`, each with four properties, two tags and a location; returns their ids. */
export function seedImages({ folder, ownerId, total }) {
  const database = new Database(join(folder, 'glimpse.db'))
  database.pragma('synchronous = OFF')
  const have = database.prepare('SELECT count(*) AS n FROM "Image"').get().n
  const image = database.prepare(
    'INSERT INTO "Image" (id, name, status, visibility, "ownerId", "diskFormat", "containerFormat", "sizeBytes", "virtualSizeBytes", checksum, "hashAlgorithm", "hashValue", "minRamMib", "minDiskGib", "isProtected", "isHidden", "isDeleted", "createdAt", "updatedAt", revision) VALUES (?, ?, \'active\', \'shared\', ?, \'qcow2\', \'bare\', ?, ?, ?, \'sha512\', ?, 512, 10, 0, 0, 0, ?, ?, 1)',
  )
  const property = database.prepare(
    'INSERT INTO "ImageProperty" ("imageId", name, value, "valuePrefix") VALUES (?, ?, ?, ?)',
  )
  const tag = database.prepare('INSERT INTO "ImageTag" ("imageId", value, position) VALUES (?, ?, ?)')
  const location = database.prepare(
    'INSERT INTO "ImageLocation" (id, "imageId", "storeId", url, metadata, state, position, "createdAt") VALUES (?, ?, \'file\', ?, \'{"store":"file"}\', \'active\', 0, ?)',
  )
  const search = database.prepare('INSERT INTO "ImageSearch" ("imageId", text) VALUES (?, ?)')
  database.transaction(() => {
    for (let index = have; index < total; index++) {
      const id = randomUUID()
      const at = timeOf(index)
      const size = 500_000_000 + index
      image.run(id, `image-${index}`, ownerId, size, 4 * size, id.replaceAll('-', ''), id.repeat(3), at, at)
      const distro = distros[index % distros.length]
      for (const [name, value] of [
        ['os_distro', distro],
        ['os_version', String(index % 40)],
        ['hw_disk_bus', index % 2 === 0 ? 'virtio' : 'scsi'],
        ['build', `b${Math.floor(index / 50)}`],
      ])
        property.run(id, name, value, value)
      tag.run(id, distro, 0)
      tag.run(id, `group-${index % 500}`, 1)
      search.run(id, [`image-${index}`, distro, `group-${index % 500}`, distro, String(index % 40)].join('\n'))
      location.run(randomUUID(), id, `file:///images/${id}`, at)
    }
  })()
  // No ANALYZE: the service runs none, and with its samples SQLite plans every statement anew at each use.
  const rows = database.prepare('SELECT id FROM "Image" ORDER BY "createdAt" DESC, id DESC').all()
  database.close()
  return rows.map((row) => row.id)
}

/** The same images in a PostgreSQL that holds none yet, made by itself: a million in a minute or two. */
export async function seedPostgres({ url, ownerId, total }) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // Ids must be random, as real ones are, and still the same in every statement.
    const each = (columns, from = '') =>
      `SELECT ${columns} FROM (SELECT n, md5('glimpse-' || n)::uuid::text AS id, 'image-' || n AS name,
         (ARRAY[${distros.map((name) => `'${name}'`).join(',')}])[n % ${distros.length} + 1] AS distro,
         'group-' || n % 500 AS "group", timestamp '2026-01-01' + n * interval '1 second' AS at
       FROM generate_series(0, ${total - 1}) n) i${from}`
    const statements = [
      `INSERT INTO "Image" (id, name, status, visibility, "ownerId", "diskFormat", "containerFormat", "sizeBytes", "virtualSizeBytes", checksum, "hashAlgorithm", "hashValue", "minRamMib", "minDiskGib", "isProtected", "isHidden", "isDeleted", "createdAt", "updatedAt", revision)
       ${each(`id, name, 'active', 'shared', '${ownerId}', 'qcow2', 'bare', 500000000 + n, 4 * (500000000 + n), md5(id), 'sha512', repeat(md5(id), 4), 512, 10, false, false, false, at, at, 1`)}`,
      `INSERT INTO "ImageProperty" ("imageId", name, value, "valuePrefix")
       ${each('id, p.name, p.value, p.value', `, LATERAL (VALUES ('os_distro', distro), ('os_version', (n % 40)::text), ('hw_disk_bus', CASE n % 2 WHEN 0 THEN 'virtio' ELSE 'scsi' END), ('build', 'b' || n / 50)) p(name, value)`)}`,
      `INSERT INTO "ImageTag" ("imageId", value, position)
       ${each('id, t.value, t.position', `, LATERAL (VALUES (distro, 0), ("group", 1)) t(value, position)`)}`,
      `INSERT INTO "ImageSearch" ("imageId", text)
       ${each(`id, concat_ws(E'\\n', name, distro, "group", distro, n % 40)`)}`,
      `INSERT INTO "ImageLocation" (id, "imageId", "storeId", url, metadata, state, position, "createdAt")
       ${each(`gen_random_uuid()::text, id, 'file', 'file:///images/' || id, '{"store":"file"}', 'active', 0, at`)}`,
    ]
    for (const statement of statements) await client.query(statement)
    // What autovacuum does by itself a minute later.
    await client.query('VACUUM ANALYZE')
    const { rows } = await client.query('SELECT id FROM "Image" ORDER BY "createdAt" DESC, id DESC LIMIT 1')
    return rows[0].id
  } finally {
    await client.end()
  }
}
