/** What an inbox is looked at by; the server reads addresses with it too. */
export const inboxViews = ['pending', 'accepted', 'rejected'] as const
export type InboxView = (typeof inboxViews)[number]
