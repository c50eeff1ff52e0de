import { db } from '@/lib/db/client'
import { now } from '@/lib/runtime/clock'

export async function readSetting(name: string): Promise<string | undefined> {
  return (await db().setting.findUnique({ where: { name } }))?.value
}

export async function writeSetting(name: string, value: string): Promise<void> {
  const updatedAt = now()
  await db().setting.upsert({ where: { name }, create: { name, value, updatedAt }, update: { value, updatedAt } })
}
