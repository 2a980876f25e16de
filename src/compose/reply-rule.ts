/** How a requester's reply is told from GitLab's own automatic responses. */
import type { Config } from '../config/config.ts'
import { isAutomaticResponse } from '../form/automatic-responses.ts'

export function replyRuleOf({ supportBot }: Config['desk']) {
  return {
    supportBots: supportBot.usernames,
    isAutomaticResponse: (text: string) => isAutomaticResponse(text, supportBot.automaticResponses),
  }
}
