/** What the frame shows of the person who is signed in. */
export interface ShellUser {
  readonly name: string
  readonly domainName: string
  readonly roles: readonly string[]
}

export interface ShellProject {
  readonly id: string
  readonly name: string
  readonly domainName: string
}

export interface ShellActions {
  /** Re-scopes the session; a text when it was refused. */
  readonly switchProject: (projectId: string) => Promise<string | null>
  readonly signOut: () => Promise<void>
}
