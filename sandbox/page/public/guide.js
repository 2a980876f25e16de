/** The strip above the channel: what a newcomer can try first, each step with a button that leads there. */
import { h, keep } from './dom.js'

const list = document.querySelector('#steps')
const strip = document.querySelector('#guide')

/** On a phone the strip would hide the channel. */
const isPhone = matchMedia('(max-width: 700px)').matches
if (isPhone) strip.open = false

const ENGINEER = 'U01ENGINEER'
const MANAGER = 'U01MANAGER'
const PRIVACY = 'U01PRIVACY'

/** Of the examples that the sandbox opens with (sandbox/examples.ts). */
const stepsWith = (twoApprovals) => [
  {
    words: '#1 got no answer for more than a week. On its card, click Close No Response.',
    button: 'Show request 1',
    lead: ({ act, show }) => act(ENGINEER).then(() => show('#1')),
  },
  {
    words: '#2 has answered. Read the answer in GitLab, then choose how to go on.',
    button: 'Show request 2',
    lead: ({ act, show }) => act(ENGINEER).then(() => show('#2')),
  },
  {
    words: twoApprovals
      ? 'An exception takes two people here: ask for one on #2, approve it as Mara, then as Priya of Privacy.'
      : 'Only a support manager can approve an exception. Act as one, and look at #2 again.',
    button: 'Act as Mara',
    lead: ({ act, show }) => act(MANAGER).then(() => show('#2')),
  },
  ...(twoApprovals
    ? [
        {
          words: 'Then the second person:',
          button: 'Act as Priya',
          lead: ({ act, show }) => act(PRIVACY).then(() => show('#2')),
        },
      ]
    : []),
  {
    words: 'Move the clock and read what the digest says is due.',
    button: 'Move on 8 days',
    lead: ({ advance }) => advance(192),
  },
]

/** `act` becomes somebody, `show` leads to a request’s card, `advance` moves the clock by so many hours. */
export function showGuide({ twoApprovals }, leads) {
  const steps = stepsWith(twoApprovals)
  keep(
    list,
    steps.map(({ words, button }) => [button, { words, button }]),
    ({ words, button }) => {
      const { lead } = steps.find((step) => step.button === button)
      const follow = () => {
        if (isPhone) strip.open = false
        return lead(leads)
      }
      return h(
        'li',
        {},
        `${words} `,
        h('button', { type: 'button', 'data-key': `guide/${button}`, onclick: follow }, button),
      )
    },
  )
}
