/** What stands in the audit log by its name, in words for people. A name of another version is said as it is spelled. */

import type { Effect } from '../engine/effect.ts'
import type { Observation } from '../engine/event.ts'
import { own } from '../engine/flow.ts'

const ofEffects: Readonly<Record<Effect['kind'], string>> = {
  reply: 'Send a reply of the handbook to the requester by e-mail',
  'typed-reply': 'Send the typed text to the requester by e-mail',
  'internal-note': 'Write an internal note',
  'mark-duplicate': 'Mark it as a duplicate, which closes it',
  'feature-request-note': 'Note it on the feature request',
  labels: 'Change the labels',
  close: 'Close the issue',
  reopen: 'Reopen the issue',
  'open-issue': 'Open a confidential issue',
  'open-expert-issue': 'Open a confidential issue with the expert team',
  assign: 'Set the assignee',
  'start-exports': 'Schedule the project exports',
  'gather-evidence': 'Read the evidence from GitLab',
  'ticket-reply': 'Send the typed text to the requester by e-mail',
  'ticket-note': 'Write an internal note on the ticket',
  'forward-ticket': 'Forward the ticket to support',
  'link-expert-issue': 'Write the issue’s address to an internal note on the ticket',
  'redirect-ticket': 'Send the writer of the ticket to the form by e-mail',
  thread: 'Post in the thread',
  card: 'Draw the card',
  batch: 'Post the reports due',
  backlog: 'Post how many cards wait',
  notice: 'Answer privately',
  digest: 'Post the digest',
  'digest-reply': 'Post in the digest’s thread',
  report: 'Post the weekly report',
}

/** Returns an effect by its kind alone: the log has nothing of what it was filled in with. */
export const effectText = wordsOf(ofEffects)

/** Returns how far an effect has come. */
export const outcomeText = wordsOf({
  done: 'done',
  later: 'not yet, to be tried again',
  unknown: 'no clear answer yet',
  failed: 'failed',
  stopped: 'stopped',
  cancelled: 'canceled',
})

const ofObservations: Readonly<Record<Observation['name'], string>> = {
  'requester-replied': 'replied',
  'label-added': 'added the label',
  'label-removed': 'removed the label',
  'issue-closed': 'closed the issue',
  'issue-reopened': 'reopened the issue',
  'checks-failed': 'saw that the automated checks failed',
  'snippet-sent': 'sent a reply of the handbook by hand',
  'assignee-changed': 'changed the assignee',
  'meta-issue-made': 'opened the meta issue by hand',
  'issue-unreadable': 'could no longer read it',
  'issue-readable': 'could read it again',
  'evidence-gathered': 'read the evidence',
  'meta-issue-seen': 'looked at the meta issue',
  'reinstatement-issue-opened': 'opened the reinstatement issue',
  'escalation-issue-opened': 'opened the issue for Privacy',
  'exports-seen': 'looked at the project exports',
  'close-stopped': 'stopped the close, since the requester had replied',
  'ticket-solved': 'ended the ticket',
  'ticket-reopened': 'reopened the ticket',
  'public-reply-seen': 'answered the ticket by hand',
  'ticket-reply-kept-internal': 'saw a message that Zendesk kept internal',
  'expert-issue-opened': 'opened the issue with the expert team',
  'expert-issue-seen': 'looked at the issue with the expert team',
  'ticket-update-refused': 'left the ticket as it was, since it had changed',
  'duplicates-suggested': 'found other requests of the same requester',
  'other-issues-seen': 'found other issues of the same requester',
  'form-changed': 'saw that the form was changed',
}

/** Returns what was seen, as the predicate of whoever did it. */
export const seenText = wordsOf(ofObservations)

/** Returns what people ask for that is no decision of a flow: the word on its button, or what they would have had. */
export const actText = wordsOf({
  assign: 'Assign',
  attach: 'Attach to request',
  audit: 'the whole log',
  claim: 'Claim',
  command: 'a command',
  decision: 'a decision',
  details: 'the details',
  home: 'the Home',
  links: 'a link',
  'open-pane': 'the pane of a link',
  'open-request': 'Open',
  pane: 'the pane of a link',
  release: 'Unassign',
  show: 'a look at it',
  track: 'tracking',
  'try-again': 'Try Again',
  undo: 'Undo',
})

/** Returns what an entry is about that has no more to say than that. */
export const entryText = wordsOf({
  attached: 'message attached',
  claimed: 'claimed',
  released: 'unassigned',
  'tried-again': 'Try Again',
})

/** Returns a name as people say it: `requester-replied` as “requester replied”. */
export function spoken(name: string): string {
  return name.replaceAll('-', ' ')
}

function wordsOf(words: Readonly<Record<string, string>>): (name: string) => string {
  return (name) => own(words, name) ?? spoken(name)
}
