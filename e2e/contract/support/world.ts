/** Everything the tests know about the server: collected once before the run, the same in every test file. */
export interface World {
  readonly baseUrl: string
  readonly authUrl: string
  readonly reference: boolean
  /** Next's own server drops Content-Length and refuses broken escapes by itself; our listener does neither. */
  readonly front: 'listener' | 'next'
  readonly runId: string
  readonly personas: Readonly<Record<PersonaName, Persona>>
  readonly settings: Settings
}

export interface Persona {
  readonly token: string
  readonly userId: string
  /** Empty for an unscoped token. */
  readonly projectId: string
}

/**
 * member, reader and norole belong to one project, other to a second one. roleless has a project but a role that no
 * rule names; unscoped has no project at all. limited is alone in a project whose limits tests set; service holds the
 * role of services in the second project.
 */
export type PersonaName = 'admin' | 'member' | 'reader' | 'roleless' | 'other' | 'limited' | 'unscoped' | 'service'

/** What may differ from one deployment to the next, read from the server itself. */
export interface Settings {
  readonly multiStore: boolean
  readonly cache: boolean
  /** Base of the links in the version list. */
  readonly linkBase: string
  readonly storeIds: readonly string[]
  readonly defaultStore: string | null
  readonly readOnlyStore: string | null
  readonly locationsVisible: boolean
  /** A small file that the server's http store may read. */
  readonly webFileUrl: string | null
  readonly directUrlVisible: boolean
  /** Whether projects have unified limits here. */
  readonly limits: boolean
  /** Where the service keeps what is not in its database; null when it runs elsewhere. */
  readonly dataFolder: string | null
  readonly logFile: string | null
  readonly routes: Readonly<Record<OptionalRoute, boolean>>
}

/** Routes that a server may not have yet; rows that need one are registered only where it exists. */
export type OptionalRoute = 'actions' | 'stage' | 'stores'

declare module 'vitest' {
  export interface ProvidedContext {
    world: World
  }
}
