// Fills the catalog of a SQLite data folder straight through the driver: a hundred thousand images in seconds.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'

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
