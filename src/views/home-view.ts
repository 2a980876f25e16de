/** The App Home: what waits for a person, and how their desk stands. Drawn whole from its state. */
import type { ActionsBlock, Button, HomeView, KnownBlock, Option, SectionBlock } from '@slack/types'
import { stepOf } from '../desks/desk.ts'
import { requestName } from '../engine/flow.ts'
import type { CardState } from '../requests/card-states.ts'
import type { HomeFilter, HomeState, LoadBucket } from '../requests/home.ts'
import { context, counted, divider, header, limits, plainText, sections } from './block-kit.ts'
import { buttonValueText } from './button-value.ts'
import { type ChartForm, chartBlocks } from './chart.ts'
import { leftText, moment } from './clock-text.ts'
import { staleText } from './digest-message.ts'
import { escaped, link, plain, sentence, who } from './escape.ts'
import { filterWords, homeCallback, lookActions, lookText, openAction } from './home-value.ts'

const bucketWords: Readonly<Record<LoadBucket, string>> = {
  overdue: 'Overdue',
  'this-week': 'Within 7 days',
  'next-week': 'In 8 to 14 days',
  later: 'Later',
  'no-deadline': 'No deadline',
}

/** Draws the Home of somebody who works at a desk. */
export function homeView(state: HomeState, chart: ChartForm): HomeView {
  const { desk, look, now } = state
  const noun = `${desk.words.noun}s`
  const load = Object.entries(bucketWords) as readonly (readonly [LoadBucket, string])[]
  return {
    type: 'home',
    callback_id: homeCallback,
    private_metadata: lookText(look),
    blocks: [
      header(desk.digest.title),
      ...sections(staleText(state)),
      glance(state),
      ...(state.counts.all > 0
        ? chartBlocks(
            {
              title: `Open ${noun} by when they are due`,
              categories: load.map(([, words]) => words),
              series: [{ name: noun, values: load.map(([bucket]) => state.load[bucket]) }],
              unit: noun,
            },
            chart,
          )
        : []),
      divider,
      controls(state),
      ...listBlocks(state),
      context(`As of ${moment(state, now)}. Refreshes whenever you open this tab.`),
    ],
  }
}

/** Draws the Home of a member of the workspace without a role: what this is, and whom to ask, as mentions. */
export function homeWithoutRole(
  desks: readonly { readonly title: string; readonly ask: string }[],
): HomeView {
  return plainHome([
    'This is where a team works on requests about personal data and on mail to security@.',
    ...desks.map(
      ({ title, ask }) => `*${escaped(title)}*: ${ask === '' ? 'no one has this role yet' : `ask ${ask}`}.`,
    ),
    'You don’t have a role here, so there’s nothing for you to do. If you should have one, ask one of them, or your admins.',
  ])
}

/** Draws a Home with nothing of any desk on it. */
export function homeRefused(because: string): HomeView {
  return plainHome([sentence(because)])
}

function plainHome(lines: readonly string[]): HomeView {
  return { type: 'home', callback_id: homeCallback, blocks: [header('Privacy Desk'), ...sections(lines)] }
}

function glance({ counts, desk }: HomeState): SectionBlock {
  const field = (filter: HomeFilter, words: string) => ({
    type: 'mrkdwn' as const,
    text: `*${counts[filter]}* ${words}`,
    verbatim: true,
  })
  return {
    type: 'section',
    fields: [
      field('all', `open ${desk.words.noun}${counts.all === 1 ? '' : 's'}`),
      field('for-me', 'waiting for you'),
      field('overdue', 'overdue'),
      field('this-week', 'due within 7 days'),
      field('waiting', 'waiting on requesters and others'),
      field('unassigned', 'unassigned'),
    ],
  }
}

/** A static select keeps what was chosen by what it is drawn with. */
function controls({ desks, desk, look, counts }: HomeState): ActionsBlock {
  const desksOffered = desks.map(({ name, digest }) => option(digest.title, name))
  const filters = Object.entries(filterWords) as readonly (readonly [HomeFilter, string])[]
  const offered = filters.map(([name, words]) => option(`${words} (${counts[name]})`, name))
  const chosen = <T extends Option>(options: readonly T[], value: string) =>
    options.find((one) => one.value === value)
  const initialDesk = chosen(desksOffered, desk.name)
  const initialFilter = chosen(offered, look.filter)
  return {
    type: 'actions',
    elements: [
      ...(desks.length > 1
        ? [
            {
              type: 'static_select' as const,
              action_id: lookActions.desk,
              placeholder: plainText('Desk', limits.placeholder),
              options: [...desksOffered],
              ...(initialDesk && { initial_option: initialDesk }),
            },
          ]
        : []),
      {
        type: 'static_select',
        action_id: lookActions.filter,
        placeholder: plainText('Show', limits.placeholder),
        options: [...offered],
        ...(initialFilter && { initial_option: initialFilter }),
      },
      lookButton(lookActions.refresh, 'Refresh', 'Refresh the list'),
    ],
  }
}

function option(words: string, value: string) {
  return { text: plainText(words, limits.option), value }
}

function lookButton(action: string, words: string, label = words): Button {
  return {
    type: 'button',
    action_id: action,
    text: plainText(words, limits.button),
    accessibility_label: plain(label, limits.button),
  }
}

function listBlocks({ lines, look, pages, counts, desk }: HomeState): readonly KnownBlock[] {
  const title = `*${filterWords[look.filter]}*: ${counted(counts[look.filter], desk.words.noun)}`
  if (lines.length === 0) return sections([title, emptyText(look.filter, counts.unassigned)])
  const paging = [
    ...(look.page > 0 ? [lookButton(lookActions.back, 'Previous', 'Previous page')] : []),
    ...(look.page < pages - 1 ? [lookButton(lookActions.next, 'Next', 'Next page')] : []),
  ]
  return [
    ...sections([pages > 1 ? `${title}, page ${look.page + 1} of ${pages}` : title]),
    ...lines.map(line),
    ...(paging.length > 0 ? [{ type: 'actions' as const, elements: paging }] : []),
  ]
}

/** Somebody for whom nothing waits is told where there is work that nobody has. */
function emptyText(filter: HomeFilter, unassigned: number): string {
  if (filter !== 'for-me') return 'Nothing here right now.'
  const more = unassigned === 0 ? '' : ` ${unassigned} unassigned: choose “${filterWords.unassigned}” above.`
  return `Nothing is waiting for you right now.${more}`
}

/** `#123 GitLab.com Account Deletion`, what comes next, by when, whose it is, and the way in. */
function line(state: CardState): SectionBlock {
  const { desk, request, flow, next, cardUrl } = state
  const name = requestName(desk, request.number)
  const due = next?.due ?? state.clocks[0]
  const about = [
    due === undefined ? 'no deadline' : leftText(due, state),
    request.assignee === undefined ? 'Unassigned' : who(request.assignee),
    ...(cardUrl === undefined ? [] : [link(cardUrl, 'Card')]),
  ]
  return {
    type: 'section',
    text: {
      type: 'mrkdwn',
      text: [
        `*${link(request.url, name)}* ${desk.flows.length > 1 ? escaped(flow.title, 60) : ''}`.trim(),
        `*${escaped(next?.words ?? stepOf(state)?.title ?? request.step, 150)}*`,
        about.join(' · '),
      ].join('\n'),
      verbatim: true,
    },
    accessory: {
      type: 'button',
      action_id: openAction,
      text: plainText('Open', limits.button),
      accessibility_label: plain(`Open ${name}`, limits.button),
      value: buttonValueText({ requestId: request.id, decision: openAction, step: request.step }),
    },
  }
}
