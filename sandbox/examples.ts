/** The requests the sandbox opens with: nine days of a desk, so that every clock has something to show. */
import { type Form, submissionOf } from './page/new-request.ts'
import type { Sandbox } from './sandbox.ts'

const DAY_MS = 86_400_000

/** How many days before today the sandbox begins. */
export const EXAMPLE_DAYS = 9

/** Lives through the days before today; the last submitted is the newest. */
export async function submitExamples({
  gitlab,
  zendesk,
  clock,
  settle,
}: Omit<Sandbox, 'url' | 'close'>): Promise<void> {
  const submit = async (form: Form) => {
    const { iid } = gitlab.submitRequest(submissionOf(form))
    await settle()
    return iid
  }
  await submit(silent)
  await clock.advance(5 * DAY_MS)
  const answered = await submit(lostPhone)
  await clock.advance(3 * DAY_MS)
  gitlab.requesterReplies(answered, '1. In March 2019.\n2. Only my own projects, no groups.')
  await clock.advance(DAY_MS)
  await submit(fullDeletion)
  for (const text of tickets) zendesk.submitTicket(text)
}

/** Written to support where they don't belong. */
const tickets = [
  'Please delete my account, I do not use it any more.',
  'Which data do you hold about me? Send me a copy, please.',
]

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
