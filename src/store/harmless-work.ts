import type { OutboxWork } from './store.ts'

/** What is kept of work once it is done: what was done, without anything that a person typed. */
export function harmlessWork(work: OutboxWork): OutboxWork {
  switch (work.kind) {
    case 'reply':
      return { kind: 'reply', snippet: work.snippet, replacements: {} }
    case 'typed-reply':
      return { kind: 'typed-reply', text: '' }
    case 'internal-note':
      return { kind: 'internal-note', text: '' }
    case 'ticket-reply':
    case 'forward-ticket':
      return { ...work, text: '' }
    case 'ticket-note':
      return { kind: 'ticket-note', text: '' }
    case 'open-expert-issue':
      return { ...work, question: '' }
    case 'thread':
      return { kind: 'thread', text: '', mention: work.mention }
    case 'post':
      return { kind: 'post', channel: work.channel, message: null }
    case 'redirect-ticket':
      return { ...work, answerTo: { userId: work.answerTo.userId, teamId: work.answerTo.teamId } }
    case 'labels':
    case 'close':
    case 'reopen':
    case 'feature-request-note':
    case 'start-exports':
    case 'mark-duplicate':
    case 'open-issue':
    case 'gather-evidence':
    case 'link-expert-issue':
    case 'batch':
    case 'card':
      return work
  }
}
