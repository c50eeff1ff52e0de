import { expect, type Page, test } from '@playwright/test'
import { expectAccessible } from './support/accessible'
import { type ApiImage, ImageApi } from './support/image-api'
import { open } from './support/open'
import { signIn } from './support/sign-in'
import { createTenant, type Tenant } from './support/tenant'

let admin: ImageApi
let tenant: Tenant
let image: ApiImage
const namespace = `Test::Disk${Date.now().toString(36)}`

test.beforeAll(async () => {
  admin = await ImageApi.asAdmin()
  await admin.createNamespace({
    namespace,
    display_name: namespace,
    description: 'How the disk is attached.',
    visibility: 'public',
    resource_type_associations: [{ name: 'OS::Glance::Image', prefix: 'zz_' }],
    properties: {
      bus: { title: 'Disk bus', description: 'What it hangs on.', type: 'string', enum: ['virtio', 'scsi', 'ide'] },
      queues: { title: 'Queues', type: 'integer', minimum: 1, maximum: 8, default: 4 },
      discard: { title: 'Discard', type: 'boolean' },
      modes: { title: 'Modes', type: 'array', items: { type: 'string', enum: ['fast', 'safe'] }, operators: ['<in>'] },
    },
  })
  tenant = await createTenant('editor')
})
test.afterAll(async () => {
  await admin.removeNamespace(namespace)
  await tenant.remove()
})
test.beforeEach(async ({ page }) => {
  image = await tenant.api.create({
    name: 'to-edit',
    disk_format: 'raw',
    container_format: 'bare',
    visibility: 'shared',
    zz_bus: 'ide',
    own_note: 'kept',
  })
  await signIn(page, tenant.person)
})
test.afterEach(() => tenant.api.remove(image.id))

const row = (page: Page, key: string) => page.getByRole('listitem').filter({ hasText: key }).first()
const document = async () => JSON.parse(await tenant.api.showText(image.id)) as Record<string, unknown>

test('8. Member edits one property of a shared image: exactly one patch operation; visibility unchanged', async ({
  page,
}) => {
  const before = await document()
  await open(page, `/images/${image.id}/properties`)
  await expect(page.getByRole('list', { name: namespace, exact: true }).getByText('Disk bus')).toBeVisible()
  await expect(page.getByRole('list', { name: 'Other properties' }).getByRole('textbox')).toHaveCount(3) // own_note, and what is to be added
  await expectAccessible(page)
  await row(page, 'zz_bus').getByRole('button', { name: /ide/ }).click()
  await page.getByRole('option', { name: 'scsi' }).click()
  await page.getByRole('button', { name: 'Review…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Save these changes?' })
  await expect(dialog.getByText('change', { exact: true })).toHaveCount(1)
  await expect(dialog.getByText('own_note')).toBeHidden()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('1 property changed')).toBeVisible()
  const { updated_at: _then, ...rest } = await document()
  const { updated_at: _now, ...former } = before
  expect(rest).toEqual({ ...former, zz_bus: 'scsi' })
})

test('each kind of value has its control, judged while it is typed', async ({ page }) => {
  await open(page, `/images/${image.id}/properties`)
  await page.getByLabel('Find a property').fill(namespace)
  for (const key of ['zz_queues', 'zz_discard', 'zz_modes']) {
    await page.getByRole('button', { name: `Add ${key}` }).click()
  }
  await expectAccessible(page)
  const queues = page.getByRole('textbox', { name: 'zz_queues' })
  await expect(queues).toHaveValue('4')
  await queues.fill('9')
  await expect(page.getByText('At most 8')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Review…' })).toBeDisabled()
  await queues.fill('2')
  await page.getByRole('switch', { name: 'zz_discard' }).press('Space')
  await page.getByRole('group', { name: 'zz_modes' }).getByText('safe').click()
  await page.getByRole('button', { name: 'Review…' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('3 properties changed')).toBeVisible()
  expect(await document()).toMatchObject({ zz_queues: '2', zz_discard: 'false', zz_modes: '<in> safe', zz_bus: 'ide' })
})

test('lines are pasted, a key of one’s own is added and another removed, in one change', async ({ page }) => {
  await open(page, `/images/${image.id}/properties`)
  await page.getByRole('button', { name: 'Paste' }).click()
  await page.getByRole('textbox', { name: 'Properties' }).fill('os_distro=debian\nbroken')
  await page.getByRole('button', { name: 'Take over' }).click()
  await expect(page.getByText('This is not key=value: broken')).toBeVisible()
  await page.getByRole('textbox', { name: 'Properties' }).fill('zz_bus=virtio\nmine=1')
  await page.getByRole('button', { name: 'Take over' }).click()
  await page.getByRole('textbox', { name: 'Key' }).fill('name')
  await page.getByRole('button', { name: 'Add another' }).click()
  await expect(page.getByText('The Image API has its own meaning for this name')).toBeVisible()
  await page.getByRole('textbox', { name: 'Key' }).fill('further')
  await page.getByRole('textbox', { name: 'Value', exact: true }).fill('x y')
  await page.getByRole('button', { name: 'Add another' }).click()
  await page.getByRole('button', { name: 'Remove own_note' }).click()
  await expect(page.getByText('4 changes')).toBeVisible()
  await page.getByRole('button', { name: 'Review…' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('4 properties changed')).toBeVisible()
  const shown = await document()
  expect(shown).toMatchObject({ zz_bus: 'virtio', mine: '1', further: 'x y' })
  expect(shown).not.toHaveProperty('own_note')
})

test('what somebody else changed meanwhile is never overwritten unasked', async ({ page }) => {
  await open(page, `/images/${image.id}/properties`)
  await page.getByRole('textbox', { name: 'own_note' }).fill('mine')
  await tenant.api.replace(image.id, '/own_note', 'theirs')
  await page.getByRole('button', { name: 'Review…' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  const dialog = page.getByRole('dialog', { name: 'Somebody else changed the same properties' })
  await expect(dialog.getByRole('radio', { name: /Theirs\s*theirs/ })).toBeVisible()
  await expectAccessible(page)
  expect(await document()).toMatchObject({ own_note: 'theirs' })
  await dialog.getByRole('button', { name: 'Go on editing' }).click()
  await page.getByRole('button', { name: 'Review…' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('1 property changed')).toBeVisible()
  expect(await document()).toMatchObject({ own_note: 'mine' })
})
