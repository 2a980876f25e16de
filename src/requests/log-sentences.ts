/** The audit log of a request in sentences, for people. The entries hold no personal data, so neither do these. */

import type { Desk } from '../desks/desk.ts'
import { readActor } from '../engine/actor.ts'
import { instantText } from '../engine/time.ts'
import type { AuditEntry } from '../store/store.ts'

export function logSentence(entry: AuditEntry, timeZone: string, desks: readonly Desk[]): string {
  return `${instantText(entry.at, timeZone)}: ${whatText(entry)}, by ${whoText(entry.who, desks)}`
}

function whatText({ what, details }: AuditEntry): string {
  const text = (name: string) => (typeof details[name] === 'string' ? details[name] : '')
  switch (what) {
    case 'opened':
      return `taken in as ${text('flow')}`
    case 'decided':
      return `decided ${text('decision')}${movedText(text('from'), text('to'))}`
    case 'refused':
      return `refused ${text('decision')} (${text('because')})`
    case 'seen':
      return `seen: ${text('name')}${text('label') ? ` “${withoutMentions(text('label'))}”` : ''}${movedText(text('from'), text('to'))}`
    case 'revealed':
      return 'shown the ticket’s text'
    case 'effect':
      return `${text('effect')}: ${text('outcome')}${text('error') ? ` (${text('error')})` : ''}`
    default:
      return what
  }
}

/** Anybody in GitLab may name a label as they like; a sentence's mentions are the bot's own. */
function withoutMentions(label: string): string {
  return label.replaceAll('<@', '< @')
}

function movedText(from: string, to: string): string {
  return from === to ? '' : ` (from ${from} to ${to})`
}

function whoText(who: string, desks: readonly Desk[]): string {
  const actor = readActor(who)
  if (actor.kind === 'slack') return `<@${actor.userId}>`
  if (actor.kind !== 'outside') return `the ${who}`
  const desk = desks.find((one) => one.source === actor.service)
  return desk ? `${outsiderText(desk, actor.id)}, outside the bot` : `the ${who}`
}

/** A number says who it was only where people know each other by it. */
function outsiderText({ service, words }: Desk, id: string | undefined): string {
  return id === undefined || words.outsider === undefined
    ? `somebody in ${service}`
    : words.outsider.replace('{id}', id)
}
