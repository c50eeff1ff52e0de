import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { loadConfig, setConfig } from '@/lib/config/load'
import { contextOf } from '@/lib/context/test-context'
import { openTestDatabase, type TestDatabase, testFlavours } from '@/lib/db/test-database'
import { findAuditRows } from '@/lib/events/event-repo'
import { createImage } from '@/lib/images/create-image'
import { patchImage } from '@/lib/images/patch-image'
import { auditRecord } from './audit-record'

const all = (who: string) => `create = ${who}\nread = ${who}\nupdate = ${who}\ndelete = ${who}\n`

describe.each(testFlavours())('the audit record on %s', (flavour) => {
  let database: TestDatabase
  afterEach(() => database.close())

  it('keeps all properties, and shows nobody those that are protected from the reader', async () => {
    database = await openTestDatabase(flavour)
    const { folder, url } = database
    const file = join(folder, 'protections')
    writeFileSync(file, `[^x_]\n${all('billing')}[.*]\n${all('@')}`)
    setConfig(
      loadConfig({
        GLIMPSE__SERVER__DATA_FOLDER: folder,
        GLIMPSE__DATABASE__URL: url,
        GLIMPSE__IMAGES__PROPERTY_PROTECTION_FILE: file,
      }),
    )
    const billing = contextOf({ roles: ['member', 'reader', 'billing'] })
    const admin = contextOf({ roles: ['admin', 'member', 'reader'] })
    const { id } = await createImage(billing, { x_price: 'dear', os_type: 'a' })
    const change = [{ op: 'replace', path: ['x_price'], value: 'cheap' } as const]
    await patchImage(billing, id, change, { dialect: 'v2.1' })
    const { rows } = await findAuditRows({ imageId: id, limit: 100 })
    expect(rows).toHaveLength(2)
    expect(rows.map((row) => auditRecord(billing, row))).toMatchObject([
      { before: { properties: { x_price: 'dear' } }, after: { properties: { x_price: 'cheap', os_type: 'a' } } },
      { after: { properties: { x_price: 'dear', os_type: 'a' } } },
    ])
    const shown = rows.map((row) => auditRecord(admin, row))
    expect(shown).toMatchObject([
      { type: 'image.update', before: { properties: { os_type: 'a' } }, after: { properties: { os_type: 'a' } } },
      { type: 'image.create', after: { properties: { os_type: 'a' } } },
    ])
    expect(JSON.stringify(shown)).not.toMatch(/x_price|dear|cheap/)
  })
})
