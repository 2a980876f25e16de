/** How a requester's reply is told from GitLab's own automatic responses. */
import type { Config } from '../config/config.ts'
import type { ReplyRule } from '../form/requester-reply.ts'

export function replyRuleOf({ supportBot }: Config['desk']): ReplyRule {
  return {
    supportBots: supportBot.usernames,
    automaticResponses: supportBot.automaticResponses,
  }
}
