import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type TestFormat = 'raw' | 'qcow2' | 'vmdk' | 'vdi' | 'vhdx' | 'vpc'

/** For tests: disk images that qemu-img makes of raw bytes, and back. */
export class TestDisks {
  readonly #folder = mkdtempSync(join(tmpdir(), 'glimpse-disks-'))

  of(disk: Buffer, format: TestFormat, options: readonly string[] = []): Buffer {
    return this.#converted(disk, ['-f', 'raw', '-O', format, ...options])
  }

  asRaw(image: Buffer, format: TestFormat): Buffer {
    return this.#converted(image, ['-f', format, '-O', 'raw'])
  }

  /** Of something that a careless reader would follow to a file of the machine. */
  withBackingFile(): Buffer {
    const [base, made] = [join(this.#folder, 'base'), join(this.#folder, 'made')]
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', base, '8M'])
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'qcow2', made, '8M'])
    return readFileSync(made)
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #converted(bytes: Buffer, options: readonly string[]): Buffer {
    const [from, to] = [join(this.#folder, 'from'), join(this.#folder, 'to')]
    writeFileSync(from, bytes)
    execFileSync('qemu-img', ['convert', ...options, from, to])
    return readFileSync(to)
  }
}
