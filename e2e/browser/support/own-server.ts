import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { send, type WireResponse } from '../../support/http-client'
import { signIn } from '../../support/identity-client'
import { startServer } from '../../support/start-server.mjs'

export type Caller = (method: string, path: string, body?: object | Buffer, type?: string) => Promise<WireResponse>

/** A server with a policy file that the test may change, for what would disturb others on the common one. */
export async function startPolicyServer() {
  const folder = mkdtempSync(join(tmpdir(), 'glimpse-personas-'))
  const file = join(folder, 'policy.yaml')
  writeFileSync(file, '# nothing yet\n')
  const server = await startServer({ settings: { GLIMPSE__POLICY__FILE: file } })
  const base = new URL(server.url)
  return {
    base,
    authUrl: server.authUrl,
    adminPassword: server.adminPassword,
    /** Puts these rules in the place of those before; they count within half a second. */
    setRules: (rules: ReadonlyMap<string, string>) =>
      writeFileSync(file, `# rules\n${[...rules].map(([name, check]) => `"${name}": "${check}"\n`).join('')}`),
    callerOf: (token: string): Caller => {
      return (method, path, body, type = 'application/json') => {
        const headers = { 'X-Auth-Token': token, 'Content-Type': type }
        const sent = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body)
        return send(base, { method, path, headers, ...(sent !== undefined && { body: sent }) })
      }
    },
    tokenOf: async (username: string, password: string, projectId?: string) => {
      const scope = projectId === undefined ? { projectName: 'admin' } : { projectId }
      return (await signIn(server.authUrl, { username, password, ...scope })).token
    },
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type PolicyServer = Awaited<ReturnType<typeof startPolicyServer>>
