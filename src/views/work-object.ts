/**
 * A request as a Work Object: what a conversation sees of a pasted link, and the pane that one reader opens beside it.
 * https://docs.slack.dev/messaging/work-objects-implementation
 */
import type { EntityMetadata, KnownBlock } from '@slack/types'
import { stepOf } from '../desks/desk.ts'
import { requestName } from '../engine/flow.ts'
import { capital, readActor } from '../engine/request.ts'
import type { CardState } from '../requests/card-states.ts'
import { context, limits, sections } from './block-kit.ts'
import { buttonValueText, detailsAction } from './button-value.ts'
import { exceptionLines } from './card-facts.ts'
import { day, endsText, leftText } from './clock-text.ts'
import { escaped, link, plain, unmarked, who } from './escape.ts'
import { openAction } from './home-value.ts'
import { closedAtOf, titleText } from './request-card.ts'

/** Longer than anything that a card says in one line. */
const longestField = 300

/** Draws what everybody in the conversation sees: no more than the card has. */
export function sharedObject(state: CardState, pasted: string): EntityMetadata {
  return { ...objectOf(state), app_unfurl_url: pasted }
}

/** Draws the same in blocks, for workspaces that take no Work Objects. */
export function sharedBlocks(state: CardState): readonly KnownBlock[] {
  const { request, cardUrl } = state
  const assignee = request.assignee === undefined ? 'Unassigned' : who(request.assignee)
  return [
    ...sections([`*${link(request.url, titleText(state))}*`, `*${escaped(statusOf(state), 150)}*`]),
    context(
      [timeText(state), assignee, ...(cardUrl === undefined ? [] : [link(cardUrl, 'Card')])].join(' · '),
    ),
  ]
}

/** Draws the pane for one reader with a role: the deadlines, the evidence, and the ways to the decisions. */
export function paneObject(state: CardState): EntityMetadata {
  const { desk, request } = state
  const evidence = unmarked(exceptionLines(state).join('\n'))
  const fields = [
    ...state.clocks.map((clock, index) => ({
      key: `deadline_${index}`,
      label: plain(clock.name, limits.button),
      value: plain(capital(endsText(clock, state)), longestField),
    })),
    ...(evidence === '' ? [] : [{ key: 'evidence', label: 'Evidence', value: plain(evidence, longestText) }]),
  ]
  const shown = objectOf(state)
  const button = (text: string, action: string) => ({
    text: plain(text, limits.button),
    action_id: action,
    accessibility_label: plain(`${text}: ${requestName(desk, request.number)}`, limits.button),
    value: buttonValueText({ requestId: request.id, decision: action, step: request.step }),
  })
  return {
    ...shown,
    entity_payload: {
      ...shown.entity_payload,
      custom_fields: [
        ...fields.map((field) => ({ ...field, type: 'string', long: true })),
        ...(evidence === '' ? [] : peopleFields(state)),
      ],
      actions: {
        primary_actions: [button('Decide', openAction)],
        ...(desk.words.details !== undefined && {
          overflow_actions: [button(desk.words.details, detailsAction)],
        }),
      },
    },
  }
}

const longestText = 2_000

/** Whoever asked for the exception and approved it: Slack names people in fields of their own alone. */
function peopleFields({ request: { facts } }: CardState) {
  const { exception, approvals = [] } = facts
  const people = [
    ...(exception ? [{ label: 'Exception requested by', by: exception.requestedBy }] : []),
    ...approvals.map(({ by }) => ({ label: 'Approved by', by })),
  ]
  return people.flatMap(({ label, by }, index) => {
    const actor = readActor(by)
    if (actor.kind !== 'slack') return []
    return [{ key: `person_${index}`, label, type: 'slack#/types/user', user: { user_id: actor.userId } }]
  })
}

function objectOf(state: CardState): EntityMetadata {
  const { desk, request } = state
  return {
    entity_type: 'slack#/entities/task',
    url: request.url,
    external_ref: { id: request.id, type: desk.name },
    entity_payload: {
      attributes: {
        title: { text: plain(titleText(state), limits.header) },
        display_id: plain(requestName(desk, request.number), limits.button),
        display_type: plain(desk.words.noun, limits.button),
        product_name: 'Privacy Desk',
      },
      fields: {
        status: { value: plain(statusOf(state), longestField) },
        description: { value: plain(timeText(state), longestField) },
        ...(request.assignee !== undefined && {
          assignee: { type: 'slack#/types/user', user: { user_id: request.assignee } },
        }),
      },
    },
  }
}

function statusOf(state: CardState): string {
  return state.next?.words ?? stepOf(state)?.title ?? state.request.step
}

/** Of what is closed the day on which it was. */
function timeText(state: CardState): string {
  const closedAt = closedAtOf(state)
  if (closedAt !== undefined) return `closed ${day(state, closedAt)}`
  const due = state.next?.due ?? state.clocks[0]
  return due === undefined ? 'no deadline' : leftText(due, state)
}
