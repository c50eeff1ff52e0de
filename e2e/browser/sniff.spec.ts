import { gzipSync } from 'node:zlib'
import { expect, test } from '@playwright/test'
import { type FormatName, makeFormatFiles } from '../contract/support/format-files'
import { expectAccessible } from './support/accessible'
import { chooseFile } from './support/files'
import { open } from './support/open'
import { signIn } from './support/sign-in'

interface Row {
  /** of a file that the contract tests upload, or its bytes */
  readonly content: FormatName | (() => Buffer)
  /** says something else than the content does */
  readonly fileName: string
  readonly verdict: string
  readonly disk: string
  readonly container?: string
  /** GiB that are filled in */
  readonly minDisk?: string
  readonly isRefused?: boolean
}

const rows: readonly Row[] = [
  { content: 'qcow2', fileName: 'one.vmdk', verdict: 'This file is qcow2, version 3', disk: 'qcow2', minDisk: '1' },
  { content: 'qcow2-v2', fileName: 'one.iso', verdict: 'This file is qcow2, version 2', disk: 'qcow2', minDisk: '1' },
  {
    content: 'qcow2-backing',
    fileName: 'one.img',
    verdict: 'The server will refuse this file: qcow2, version 3',
    disk: 'qcow2',
    minDisk: '1',
    isRefused: true,
  },
  {
    content: 'qcow2-data-file',
    fileName: 'one.img',
    verdict: 'The server will refuse this file: qcow2, version 3',
    disk: 'qcow2',
    minDisk: '1',
    isRefused: true,
  },
  {
    content: 'vmdk-sparse',
    fileName: 'one.qcow2',
    verdict: 'This file is vmdk, monolithicSparse',
    disk: 'vmdk',
    minDisk: '1',
  },
  {
    content: 'vmdk-stream',
    fileName: 'one.img',
    verdict: 'This file is vmdk, streamOptimized',
    disk: 'vmdk',
    minDisk: '1',
  },
  {
    content: 'vmdk-flat',
    fileName: 'one.vmdk',
    verdict: 'The server will refuse this file: only the descriptor of a vmdk',
    disk: 'vmdk',
    isRefused: true,
  },
  { content: 'vhd-dynamic', fileName: 'one.raw', verdict: 'This file is vhd, dynamic', disk: 'vhd', minDisk: '1' },
  {
    content: 'vhd-fixed',
    fileName: 'one.vhd',
    verdict: 'This file is a fixed vhd, which counts as raw',
    disk: 'raw',
    minDisk: '1',
  },
  { content: 'vhdx', fileName: 'one.vhd', verdict: 'This file is vhdx', disk: 'vhdx', minDisk: '1' },
  { content: 'vdi', fileName: 'one.vmdk', verdict: 'This file is vdi', disk: 'vdi', minDisk: '1' },
  {
    content: 'qed',
    fileName: 'one.img',
    verdict: 'The server will refuse this file: qed',
    disk: 'raw',
    isRefused: true,
  },
  {
    content: 'luks',
    fileName: 'one.img',
    verdict: 'This file is LUKS, version 1',
    disk: 'raw',
    minDisk: '1',
  },
  {
    content: () => starting('WithouFreSpacExt'),
    fileName: 'one.img',
    verdict: 'This file is a Parallels disk',
    disk: 'ploop',
    minDisk: '1',
  },
  { content: 'iso', fileName: 'one.img', verdict: 'This file is an ISO 9660 image', disk: 'iso' },
  {
    content: 'mbr',
    fileName: 'one.qcow2',
    verdict: 'This file is a raw disk with an MBR partition table',
    disk: 'raw',
    minDisk: '1',
  },
  {
    content: gptDisk,
    fileName: 'one.qcow2',
    verdict: 'This file is a raw disk with a GPT partition table',
    disk: 'raw',
    minDisk: '1',
  },
  {
    content: () => starting('ustar', 257),
    fileName: 'one.ova',
    verdict: 'This file is a tar archive',
    disk: 'vmdk',
    container: 'ova',
  },
  {
    content: () => gzipSync(Buffer.alloc(70_000, 'x')),
    fileName: 'one.qcow2',
    verdict: 'This file is compressed with gzip',
    disk: 'raw',
    container: 'compressed',
  },
  {
    content: () => starting(Buffer.from('fd377a585a00', 'hex')),
    fileName: 'one.img',
    verdict: 'This file is compressed with xz',
    disk: 'raw',
    container: 'compressed',
  },
  {
    content: () => starting(Buffer.from('28b52ffd', 'hex')),
    fileName: 'one.img',
    verdict: 'This file is compressed with zstd',
    disk: 'raw',
    container: 'compressed',
  },
  {
    content: () => starting('BZh91AY'),
    fileName: 'one.img',
    verdict: 'This file is compressed with bzip2',
    disk: 'raw',
    container: 'compressed',
  },
  {
    content: () => starting('PK\x03\x04'),
    fileName: 'one.img',
    verdict: 'This file is a zip archive',
    disk: 'raw',
    container: 'compressed',
  },
  {
    content: () => Buffer.alloc(100_000, 'nothing that anybody knows '),
    fileName: 'one.qcow2',
    verdict: 'No disk format and no partition table found',
    disk: 'raw',
    minDisk: '1',
  },
]

test('1. Sniff table: one file per row of section 5, verdict and prefilled fields as stated; wrong extension never blocks', async ({
  page,
}) => {
  test.setTimeout(180_000)
  const files = await makeFormatFiles()
  await signIn(page)
  for (const row of rows) {
    await test.step(row.verdict, async () => {
      const buffer = typeof row.content === 'function' ? row.content() : files.get(row.content)?.bytes
      if (buffer === undefined) throw new Error('no such file')
      await open(page, '/images/new')
      await chooseFile(page, { name: row.fileName, mimeType: 'application/octet-stream', buffer: buffer })
      await expect.soft(page.getByText(row.verdict).first()).toBeVisible()
      const found = {
        disk: await page.getByRole('button', { name: /Disk format/ }).textContent(),
        container: await page.getByRole('button', { name: /Container format/ }).textContent(),
        name: await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(),
        minDisk: await page.getByRole('textbox', { name: 'Minimum disk' }).inputValue(),
        isRefused: await page.getByRole('button', { name: 'Create and upload' }).isDisabled(),
      }
      const { disk, container = 'bare', minDisk = '', isRefused = false } = row
      expect.soft(found, row.verdict).toEqual({ disk, container, name: 'one', minDisk, isRefused })
    })
  }
  await expectAccessible(page)
})

function starting(magic: string | Buffer, position = 0): Buffer {
  const bytes = Buffer.alloc(128 * 1024, 0x5a)
  const start = typeof magic === 'string' ? Buffer.from(magic, 'latin1') : magic
  start.copy(bytes, position)
  return bytes
}

/** A protective MBR, and the header of a GPT behind it. */
function gptDisk(): Buffer {
  const bytes = Buffer.alloc(1024 * 1024)
  bytes[446 + 2] = 2
  bytes[446 + 4] = 0xee
  bytes.writeUInt32LE(1, 446 + 8)
  bytes.writeUInt32LE(2047, 446 + 12)
  bytes.writeUInt16LE(0xaa55, 510)
  bytes.write('EFI PART', 512)
  return bytes
}
