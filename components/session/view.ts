/** How the reader's session stood when the page was made. */
export interface SessionView {
  readonly userId: string
  readonly userName: string
  readonly domainName: string
  readonly projectId: string | null
  readonly projectName: string | null
  readonly endsInSeconds: number
}

/** What the server answers about the browser's session. */
export type SessionAnswer = Omit<SessionView, 'domainName'>

export interface SessionActions {
  /** Opens a new session for the one whose page this is; a sentence when it was refused. */
  readonly signIn: (password: string) => Promise<string | null>
  /** Moves the session to a project; a sentence when it was refused. */
  readonly switchProject: (projectId: string) => Promise<string | null>
}
