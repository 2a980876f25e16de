/** The strip above the channel: what a newcomer can try first, each step with a button that leads there. */
import { h, keep } from './dom.js'

const list = document.querySelector('#steps')
const strip = document.querySelector('#guide')

/** On a phone the strip would hide the channel. */
if (matchMedia('(max-width: 700px)').matches) strip.open = false

const ENGINEER = 'U01ENGINEER'
const MANAGER = 'U01MANAGER'

/** Of the examples that the sandbox opens with (sandbox/examples.ts). */
const STEPS = [
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
    words: 'Only a support manager can approve an exception. Act as one, and look at #2 again.',
    button: 'Act as Mara',
    lead: ({ act, show }) => act(MANAGER).then(() => show('#2')),
  },
  {
    words: 'Move the clock and read what the digest says is due.',
    button: 'Move on 8 days',
    lead: ({ advance }) => advance(192),
  },
]

/** `act` becomes somebody, `show` leads to a request’s card, `advance` moves the clock by so many hours. */
export function showGuide(leads) {
  keep(
    list,
    STEPS.map((step) => [step.button, step]),
    ({ words, button }) => {
      const { lead } = STEPS.find((step) => step.button === button)
      return h(
        'li',
        {},
        `${words} `,
        h('button', { type: 'button', 'data-key': `guide/${button}`, onclick: () => lead(leads) }, button),
      )
    },
  )
}
