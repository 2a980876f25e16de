/** What counts as a requester's reply. REST does not tell the sender's address, so it is the same for everybody who mails in. */

export interface WrittenNote {
  readonly body: string
  readonly author: { readonly username: string }
  readonly system: boolean
  readonly internal: boolean
}

export interface ReplyRule {
  /** Usernames of GitLab's Support Bot, under which requesters' e-mails come in. */
  readonly supportBots: readonly string[]
  /** True for the texts that Support Bot writes by itself. */
  readonly isAutomaticResponse: (text: string) => boolean
}

/** "a public note, not a system note, by GitLab's Support Bot", whose text is none of the automatic responses. */
export function isRequesterReply(note: WrittenNote, rule: ReplyRule): boolean {
  return (
    !note.system &&
    !note.internal &&
    rule.supportBots.includes(note.author.username) &&
    !rule.isAutomaticResponse(note.body)
  )
}
