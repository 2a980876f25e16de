/** The message that stands for the cards that wait: how many, why, and the buttons to have them posted. */

import type { Button, KnownBlock } from '@slack/types'
import { roleName } from '../engine/flow.ts'
import { dayIn, shortDayText } from '../engine/time.ts'
import type { BacklogState, HowMany } from '../requests/backlog.ts'
import { counted, header, limits, type Message, plainText, rowsOf, sections } from './block-kit.ts'
import { readObject } from './button-value.ts'

/** The beginning of the action ids of the buttons. */
export const postCardsAction = 'post-cards:'

/** Draws the message. `mentions`: those who are called, `<!subteam^S1>`, where the deadline of one is near or over. */
export function backlogMessage(state: BacklogState, mentions?: string): Message {
  const { desk, waiting } = state
  const { command } = desk
  if (waiting === 0) {
    const all = `All ${desk.words.noun}s have their cards.`
    return { text: all, blocks: sections([all]) }
  }
  const title = `${counted(waiting, desk.words.noun)} without a card`
  const call =
    mentions === undefined
      ? []
      : [
          `${mentions === '' ? '' : `${mentions} `}The deadline of at least one of them is near or over: \`${command.name} list overdue\` shows what is overdue.`,
        ]
  return {
    text: [`${title}.`, ...call].join(' '),
    blocks: [header(title), ...sections([...call, ...aboutThem(state)]), ...backlogButtons(state)],
  }
}

function aboutThem({ desk, isAll, oldest, atOnce, now, timeZone }: BacklogState): readonly string[] {
  const { words, command, reminders } = desk
  const since =
    oldest === undefined
      ? ''
      : ` The oldest is from ${shortDayText(dayIn(timeZone, oldest), dayIn(timeZone, now))}.`
  return [
    `They were open before the bot started.${since} It posts ${atOnce} cards by itself, and the others when ${roleName(desk, reminders.whom)} says so.`,
    `Each ${words.noun} is tracked anyway: it is in the daily digest and in \`${command.name} list\`, and \`${command.name} show 123\` shows one with its buttons. A card is also posted as soon as the requester writes or somebody works on it.`,
    ...(isAll ? ['All of them are being posted now, about one a second.'] : []),
  ]
}

/** Returns the line about the cards that wait for the digest. */
export function backlogNote({ desk, waiting, isAll }: BacklogState): string {
  const count = `${counted(waiting, desk.words.noun)} ${waiting === 1 ? 'has' : 'have'} no card yet`
  return isAll
    ? `${count}: the cards are being posted, about one a second.`
    : `${count}: they are posted when ${roleName(desk, desk.reminders.whom)} says so.`
}

/** Draws the buttons with which the cards are asked for; none where no card waits. */
export function backlogButtons({ desk, waiting, isAll, atOnce }: BacklogState): readonly KnownBlock[] {
  if (waiting === 0 || isAll) return []
  const next = button(desk.name, 'next', `Post the Next ${atOnce}`)
  const all = {
    ...button(desk.name, 'all', `Post All ${waiting}`),
    confirm: {
      title: plainText('Post all of them?', limits.confirmTitle),
      text: plainText(
        `${counted(waiting, 'card')}, about one a second: ${durationText(waiting)}. Whoever follows the channel is notified of each.`,
        limits.confirmText,
      ),
      confirm: plainText(`Post All ${waiting}`, 30),
      deny: plainText('Cancel', 30),
    },
  }
  return rowsOf(waiting > atOnce ? [next, all] : [all])
}

function button(desk: string, howMany: HowMany, text: string): Button {
  return {
    type: 'button',
    action_id: postCardsAction + howMany,
    text: plainText(text, limits.button),
    value: JSON.stringify({ desk, howMany }),
  }
}

/** Slack takes about one post a second in a channel. */
function durationText(cards: number): string {
  if (cards < 120) return `less than ${counted(Math.ceil((cards + 1) / 60), 'minute')}`
  return cards < 7_200
    ? `about ${Math.round(cards / 60)} minutes`
    : `about ${Math.round(cards / 3_600)} hours`
}

/** Reads what a button carries back, or returns undefined where it is none of ours. */
export function readPostCardsValue(
  text: string | undefined,
): { readonly desk: string; readonly howMany: HowMany } | undefined {
  const value = readObject(text)
  if (!value) return undefined
  const { desk, howMany } = value
  if (typeof desk !== 'string' || (howMany !== 'next' && howMany !== 'all')) return undefined
  return { desk, howMany }
}
