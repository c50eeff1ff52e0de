import { readdirSync, readFileSync } from 'node:fs'

/** What all browsers hold that this process started, in bytes, each shared page counted once. */
export function browserBytes(): number {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const fields = read(`/proc/${name}/stat`)
      ?.replace(/^.*\) /s, '')
      .split(' ')
    if (fields !== undefined) parents.set(Number(name), Number(fields[1]))
  }
  const isOurs = (pid: number): boolean => pid === process.pid || (pid > 1 && isOurs(parents.get(pid) ?? 0))
  let bytes = 0
  for (const pid of parents.keys()) {
    if (!isOurs(pid) || !/chrom/.test(read(`/proc/${pid}/cmdline`) ?? '')) continue
    bytes += Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0) * 1024
  }
  return bytes
}

/** A process may end while it is looked at. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
