#!/usr/bin/env node
// Writes app/routes.generated.ts: every route.ts below app, so that the listener can call it without Next's routing.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const target = join(root, 'app', 'routes.generated.ts')
/** Roots whose route files the listener answers itself; the others are Next's. */
const apiRoots = new Set(['', 'v2', 'identity', 'versions', 'healthcheck', 'metrics'])

const isGroup = (name) => /^\(.*\)$/.test(name)
const isPrivate = (name) => name.startsWith('_') || name.startsWith('@')

function* routeFiles(folder, segments) {
  for (const item of readdirSync(folder, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name))) {
    if (item.isDirectory() && !isPrivate(item.name)) {
      yield* routeFiles(join(folder, item.name), [...segments, item.name])
    } else if (item.name === 'route.ts') {
      yield segments
    }
  }
}

function pageRoots() {
  const names = new Set(['_next', 'api'])
  const walk = (folder) => {
    for (const item of readdirSync(folder, { withFileTypes: true })) {
      if (!item.isDirectory() || isPrivate(item.name)) continue
      if (isGroup(item.name)) walk(join(folder, item.name))
      else if (!apiRoots.has(item.name)) names.add(item.name)
    }
  }
  walk(join(root, 'app'))
  try {
    for (const name of readdirSync(join(root, 'public'))) names.add(name)
  } catch {}
  return [...names].sort()
}

const files = [...routeFiles(join(root, 'app'), [])].filter((segments) => apiRoots.has(segments[0] ?? ''))
const lines = ["import type { RouteTable } from '@/lib/server/route-table'"]
files.forEach((segments, index) => {
  lines.push(`import { GET as route${index} } from './${[...segments, 'route'].join('/')}'`)
})
lines.push('', 'export const routes: RouteTable = {', '  entries: [')
files.forEach((segments, index) => {
  const pattern = `/${segments.filter((name) => !isGroup(name)).join('/')}`
  lines.push(`    { pattern: '${pattern}', GET: route${index} },`)
})
lines.push('  ],', `  pageRoots: ${JSON.stringify(pageRoots())},`, '}', '')
const text = lines.join('\n')
let current = ''
try {
  current = readFileSync(target, 'utf8')
} catch {}
if (current !== text) writeFileSync(target, text)
