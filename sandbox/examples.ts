/** What the sandbox opens with: nine days of both desks, so that every clock has something to show. */
import { engageExpert, expertAnswers } from './engage-expert.ts'
import { type Form, submissionOf } from './page/new-request.ts'
import type { Sandbox } from './sandbox.ts'
import * as tickets from './tickets.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** How many days before today the sandbox begins. */
export const EXAMPLE_DAYS = 9

interface Episode {
  readonly at: number
  readonly happens: () => unknown
}

/** Lives through the days before today; the last submitted is the newest. */
export async function submitExamples(sandbox: Omit<Sandbox, 'url' | 'close'>): Promise<void> {
  const { clock, drain } = sandbox
  const today = clock.now().getTime() + EXAMPLE_DAYS * DAY_MS
  const story = [...privacyDesk(sandbox, today), ...securityDesk(sandbox, today)]
  for (const { at, happens } of story.toSorted((one, other) => one.at - other.at)) {
    const ahead = at - clock.now().getTime()
    if (ahead > 0) await clock.advance(ahead)
    await happens()
    await drain()
  }
}

function privacyDesk({ gitlab, zendesk }: Pick<Sandbox, 'gitlab' | 'zendesk'>, today: number): Episode[] {
  const submit = (form: Form) => gitlab.submitRequest(submissionOf(form)).iid
  let answered = 0
  return [
    { at: today - 9 * DAY_MS, happens: () => submit(silent) },
    { at: today - 4 * DAY_MS, happens: () => (answered = submit(lostPhone)) },
    { at: today - DAY_MS, happens: () => gitlab.requesterReplies(answered, answers) },
    { at: today, happens: () => submit(fullDeletion) },
    ...tickets.toSupport.map(({ text, ...given }) => ({
      at: today - 4 * HOUR_MS,
      happens: () => zendesk.submitTicket(text, given),
    })),
  ]
}

/** Nothing is decided yet, but for one question that an expert team has answered. */
function securityDesk(sandbox: Omit<Sandbox, 'url' | 'close'>, today: number): Episode[] {
  const write = ({ text, ...given }: tickets.Example) => sandbox.zendesk.submitTicket(text, given).id
  let question = 0
  return [
    { at: today - 6 * DAY_MS, happens: () => (question = write(tickets.encryption)) },
    {
      at: today - 6 * DAY_MS + 2 * HOUR_MS,
      happens: () => engageExpert(sandbox, question, tickets.questionForExpert),
    },
    { at: today - 5 * DAY_MS, happens: () => write(tickets.copyright) },
    { at: today - 3 * DAY_MS, happens: () => expertAnswers(sandbox, tickets.answerOfExpert) },
    { at: dueLaterToday(today), happens: () => write(tickets.vulnerability) },
    { at: today - 3 * HOUR_MS, happens: () => write(tickets.complianceReport) },
    { at: today - HOUR_MS, happens: () => write(tickets.lostTwoFactor) },
  ]
}

/** So that one business day from then ends within the next three hours, on the same day (at weekends: on Monday). */
function dueLaterToday(today: number): number {
  const midnight = Math.ceil(today / DAY_MS) * DAY_MS
  let at = today + Math.min(3 * HOUR_MS, (midnight - today) / 2) - DAY_MS
  while ([0, 6].includes(new Date(at).getUTCDay())) at -= DAY_MS
  return at
}

const answers = '1. In March 2019.\n2. Only my own projects, no groups.'

const silent: Form = {
  type: 'GitLab.com Account Deletion',
  username: 'quiet.owner',
  email: 'kim@example.com',
  comment: 'I do not use it any more.',
}

const lostPhone: Form = {
  type: 'GitLab.com Account Deletion',
  username: 'busy.owner',
  email: 'robin@example.com',
  comment: 'I lost my phone and with it the codes for 2FA.',
}

const fullDeletion: Form = {
  type: 'Full Deletion',
  username: 'shared.owner',
  email: 'noor@example.com',
  comment: 'Please delete everything you hold about me.',
}
