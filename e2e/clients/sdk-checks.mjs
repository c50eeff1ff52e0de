// openstacksdk, in one process that tells of each check as it ends.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { DEBIAN_PATH } from './client-forks.mjs'

const script = fileURLToPath(new URL('sdk_checks.py', import.meta.url))

/** `people` are what openstack.connect() needs of a member, an administrator and somebody of another project. */
export async function checkSdk({ check, people, tag, folder, isReference }) {
  const web = await openWeb()
  try {
    const env = { PATH: DEBIAN_PATH, HOME: folder, LC_ALL: 'C.UTF-8' }
    const child = spawn('python3', ['-W', 'ignore', script], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    const ended = once(child, 'close')
    child.stdin.end(JSON.stringify({ people, tag: `${tag}-sdk`, web: web.url, is_reference: isReference }))
    let count = 0
    for await (const line of createInterface({ input: child.stdout })) {
      const { name, reason } = JSON.parse(line)
      count += 1
      await check(name, () => assert.ok(reason === undefined, reason))
    }
    const [code] = await ended
    await check('sdk: ran to its end', () => assert.ok(code === 0 && count > 0, `ended with ${code} after ${count}`))
  } finally {
    web.close()
  }
}

/** Where images are downloaded from. */
async function openWeb() {
  const server = createServer((request, response) => {
    if (request.url === '/file') response.end('from the web')
    else response.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}
