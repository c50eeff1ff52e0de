import { z } from 'zod'
import { authRequest, type CloudSettings } from './cloud-settings'
import { type Answer, RefusedError } from './sending'
import { type WebClient, type WebRequest, webClient } from './web-client'

const tokenSchema = z.object({
  token: z.object({
    catalog: z
      .array(
        z.object({
          type: z.string(),
          endpoints: z.array(z.object({ interface: z.string(), region: z.string().nullish(), url: z.string() })),
        }),
      )
      .default([]),
  }),
})

/** The image service of a cloud, asked with a token that is renewed when it has run out. */
export class Cloud {
  #token: string
  readonly #client: WebClient

  private constructor(
    private readonly settings: CloudSettings,
    client: WebClient,
    token: string,
    /** root of the image service, without a slash at the end */
    readonly imageUrl: string,
  ) {
    this.#client = client
    this.#token = token
  }

  /** Signs in. Throws {@link RefusedError} and ConnectionError. */
  static async open(settings: CloudSettings): Promise<Cloud> {
    const { caFile, isInsecure } = settings
    const client = webClient({ isInsecure, ...(caFile !== undefined && { caFile }) })
    const { token, catalog } = await signIn(client, settings)
    const url = settings.imageEndpoint ?? endpointIn(catalog, settings)
    return new Cloud(settings, client, token, url.replace(/\/+$/, '').replace(/\/v2(\.\d+)?$/, ''))
  }

  /** `path` begins with a slash, below the image service. A token that has run out is renewed once. */
  async ask(path: string, request: WebRequest): Promise<Answer> {
    const withToken = () => ({ ...request, headers: { ...request.headers, 'X-Auth-Token': this.#token } })
    const answer = await this.#client.ask(`${this.imageUrl}${path}`, withToken())
    if (answer.status !== 401) return answer
    this.#token = (await signIn(this.#client, this.settings)).token
    return await this.#client.ask(`${this.imageUrl}${path}`, withToken())
  }

  /** The JSON of an answer. Throws {@link RefusedError} for another status than these. */
  async json(path: string, request: WebRequest, statuses: readonly number[] = [200]): Promise<unknown> {
    const answer = await this.ask(path, { ...request, headers: { Accept: 'application/json', ...request.headers } })
    if (!statuses.includes(answer.status)) throw refusal(answer)
    return answer.text === '' ? undefined : JSON.parse(answer.text)
  }

  close(): void {
    this.#client.close()
  }
}

/** A service's refusal in its own words. */
export function refusal({ status, text }: Answer): RefusedError {
  const words = wordsIn(text) || 'without a reason'
  return new RefusedError(status, `the service refused with ${status}: ${words}`)
}

function wordsIn(text: string): string {
  const message = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1]
  const plain = message ?? text.replace(/^\d{3} [^\n]*\n+/, '')
  return plain
    .replace(/<[^>]*>|\\n/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

async function signIn(client: WebClient, settings: CloudSettings) {
  const answer = await client.ask(`${settings.authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(authRequest(settings)),
  })
  if (answer.status !== 201) throw refusal(answer)
  const { catalog } = tokenSchema.parse(JSON.parse(answer.text)).token
  return { token: answer.headers['x-subject-token'] ?? '', catalog }
}

type Catalog = z.infer<typeof tokenSchema>['token']['catalog']

function endpointIn(catalog: Catalog, { region, interfaceName }: CloudSettings): string {
  const endpoints = catalog.filter(({ type }) => type === 'image').flatMap((service) => service.endpoints)
  const found = endpoints.find(
    (endpoint) => endpoint.interface === interfaceName && (region === undefined || endpoint.region === region),
  )
  if (found !== undefined) return found.url
  throw new Error(`the cloud's catalog has no image service${region === undefined ? '' : ` in region ${region}`}`)
}
