import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFormatInspector, type Inspection } from './inspector'
import type { FormatClaim } from './judge'

/** Real images for tests, in a folder of their own; made by qemu-img, without which the tests fail at once. */
export class TestImages {
  readonly folder: string

  constructor() {
    try {
      execFileSync('qemu-img', ['--version'])
    } catch (cause) {
      throw new Error('These tests make real images with qemu-img; install it, on Debian from qemu-utils', { cause })
    }
    this.folder = mkdtempSync(join(tmpdir(), 'glimpse-formats-'))
  }

  /** `qemu-img create`, in the folder. */
  create(name: string, args: readonly string[], size = '64M'): Uint8Array {
    execFileSync('qemu-img', ['create', '-q', ...args, name, size], { cwd: this.folder, stdio: 'pipe' })
    return this.read(name)
  }

  /** LUKS version 1; tried again when qemu-img, timing its key derivation, says that it could not measure CPU time. */
  createLuks(name: string): Uint8Array {
    const args = ['--object', 'secret,id=s,data=secret', '-f', 'luks', '-o', 'key-secret=s,iter-time=10']
    for (let triesLeft = 20; ; triesLeft--) {
      try {
        return this.create(name, args, '1M')
      } catch (error) {
        if (triesLeft === 0 || !String(error).includes('Unable to get accurate CPU usage')) throw error
      }
    }
  }

  /** `qemu-img convert` of a file made before. */
  convert(source: string, name: string, args: readonly string[]): Uint8Array {
    execFileSync('qemu-img', ['convert', ...args, source, name], { cwd: this.folder })
    return this.read(name)
  }

  write(name: string, bytes: Uint8Array): Uint8Array {
    writeFileSync(join(this.folder, name), bytes)
    return bytes
  }

  read(name: string): Uint8Array {
    return readFileSync(join(this.folder, name))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Shows an image to an inspector in chunks of 64 KiB, all in the same memory. */
export function inspect(image: Uint8Array): Inspection {
  const inspector = createFormatInspector()
  const memory = new Uint8Array(64 * 1024)
  for (let at = 0; at < image.byteLength; at += memory.byteLength) {
    const part = image.subarray(at, at + memory.byteLength)
    memory.set(part)
    inspector.push(memory.subarray(0, part.byteLength))
  }
  return inspector.finish()
}

export function claim(diskFormat: string, changes: Partial<FormatClaim> = {}): FormatClaim {
  return {
    diskFormat,
    containerFormat: 'bare',
    requireMatch: true,
    gptNonFatalChecks: [],
    vmdkAllowedTypes: ['streamOptimized', 'monolithicSparse'],
    ...changes,
  }
}

/** A disk of `sizeBytes` with a boot sector of these partition entries, 16 bytes each. */
export function mbrDisk(entries: readonly (readonly number[])[], sizeBytes = 64 * 1024): Uint8Array {
  const disk = new Uint8Array(sizeBytes)
  for (const [index, entry] of entries.entries()) disk.set(entry, 446 + 16 * index)
  disk.set([0x55, 0xaa], 510)
  return disk
}

/** A Linux partition from sector 2048 on. */
export const linuxPartition = [0x80, 0x20, 0x21, 0, 0x83, 0xfe, 0xff, 0xff, 0, 8, 0, 0, 0, 0, 1, 0] as const
/** The one entry of a protective MBR. */
export const protectivePartition = [0, 0, 2, 0, 0xee, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0xff, 0xff, 0, 0] as const

/** An image whose first volume descriptor is a primary one of that many blocks of 2 KiB. */
export function isoImage(blocks = 24): Uint8Array {
  const image = new Uint8Array(blocks * 2048)
  const view = new DataView(image.buffer)
  image[32768] = 1
  image.set(new TextEncoder().encode('CD001\x01'), 32769)
  view.setUint32(32768 + 80, blocks, true)
  view.setUint32(32768 + 84, blocks, false)
  view.setUint16(32768 + 128, 2048, true)
  view.setUint16(32768 + 130, 2048, false)
  return image
}

/** The same, beginning with the boot sector of a disk. */
export function hybridIso(entries: readonly (readonly number[])[] = [linuxPartition]): Uint8Array {
  const image = isoImage()
  image.set(mbrDisk(entries, 512))
  return image
}

/** As small as a VHDX can be: both tables in a row, then the size of 3 GiB. */
export function vhdxImage({ regionIndex = 0, itemIndex = 0 } = {}): Uint8Array {
  const [regions, metadata, item] = [192 * 1024, 256 * 1024, 320 * 1024]
  const image = new Uint8Array(324 * 1024)
  const view = new DataView(image.buffer)
  const write = (text: string, at: number) => image.set(new TextEncoder().encode(text), at)
  const writeGuid = (guid: string, at: number) => {
    const [first, second, third, ...rest] = guid.split('-')
    view.setUint32(at, Number(`0x${first}`), true)
    view.setUint16(at + 4, Number(`0x${second}`), true)
    view.setUint16(at + 6, Number(`0x${third}`), true)
    image.set(Buffer.from(rest.join(''), 'hex'), at + 8)
  }
  write('vhdxfile', 0)
  write('regi', regions)
  view.setUint32(regions + 8, regionIndex + 1, true)
  writeGuid('8B7CA206-4790-4B9A-B8FE-575F050F886E', regions + 16 + 32 * regionIndex)
  view.setBigUint64(regions + 32 + 32 * regionIndex, BigInt(metadata), true)
  write('metadata', metadata)
  view.setUint16(metadata + 10, itemIndex + 1, true)
  writeGuid('2FA54224-CD1B-4876-B211-5DBED83BF4B8', metadata + 32 + 32 * itemIndex)
  view.setUint32(metadata + 48 + 32 * itemIndex, item - metadata, true)
  view.setBigUint64(item, 3n * 2n ** 30n, true)
  return image
}

/** A qcow2 of version 3 with 20 GiB of virtual size: its header, and a MiB in all. */
export function qcow2Header(): Buffer {
  const disk = Buffer.alloc(1024 * 1024)
  disk.write('QFI\xfb', 0, 'latin1')
  disk.writeUInt32BE(3, 4)
  disk.writeUInt32BE(16, 20)
  disk.writeBigUInt64BE(20n * 1024n ** 3n, 24)
  disk.writeUInt32BE(104, 100)
  return disk
}
