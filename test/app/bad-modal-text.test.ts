import { describe, expect, it } from 'vitest'
import { people, snippet, startWorld, type World } from './desk-world.ts'

const label = 'Anything to add for the requester'

async function blockedAccount(): Promise<{ world: World; iid: number }> {
  const world = await startWorld({ env: { GITLAB_TRUST_SAFETY_PROJECT: 'security/trust-and-safety' } })
  const iid = await world.request()
  world.gitlab.requesterReplies(iid, 'My answers')
  await world.settle()
  await world.decide(iid, 'Pass Verification', { 'The account is': 'blocked' })
  await world.passTime(3, 5)
  return { world, iid }
}

const openStep = 'Account blocked: waiting on Trust and Safety'

describe('further words that GitLab could take for a command are refused at the field', () => {
  it.each([
    ['at the beginning', '/close'],
    ['on a later line', 'All is well.\n/add_email attacker@evil.example'],
    ['after a carriage return', 'All is well.\r/close'],
    ['after both line ends the wrong way round', 'All is well.\n\r/close'],
    ['after spaces', 'All is well.\n   \t/close'],
    ['after a zero-width space', 'All is well.\n\u200b/close'],
    ['after a byte order mark', '\ufeff/close'],
    ['after a right-to-left mark', '\u200f/close'],
    ['after a soft hyphen', '\u00ad/close'],
    ['after a line separator', 'All is well.\u2028/close'],
    ['after a next-line character', 'All is well.\u0085/close'],
    ['after a form feed', 'All is well.\f/close'],
    ['after a word joiner', '\u2060/close'],
    ['after a no-break space', '\u00a0/close'],
  ])('%s', (_where, text) => isRefusedAtTheField(text))

  // The effect refuses these too late: after the decision, where nobody can mend the text any more.
  it.each([
    ['after an invisible filler', '\u3164/close'],
    ['after a variation selector', '\ufe0f/close'],
    ['after an empty braille cell', '\u2800/close'],
  ])('%s', (_where, text) => isRefusedAtTheField(text))
})

async function isRefusedAtTheField(text: string) {
  const { world, iid } = await blockedAccount()
  const done = world.done(iid)

  const answer = await world.decide(iid, 'Account Unblocked', { [label]: text })

  expect(answer.body).toEqual({
    response_action: 'errors',
    errors: { 'field:furtherWords': 'Lines can’t start with “/”: GitLab would run them as commands.' },
  })
  expect(world.done(iid)).toEqual(done)
  expect(world.cardText(iid)).toContain(openStep)
  expect(world.gitlab.issue(iid)).toMatchObject({ state: 'opened', participants: ['requester@example.com'] })
}

describe('further words are sent as they were typed', () => {
  it.each([
    ['with a slash inside a line', 'See https://gitlab.com/help and/or reply.'],
    ['with mentions of Slack', '<!channel> <@U01MANAGER> & more'],
    ['with marks of Markdown', '`code` **bold** [link](https://gitlab.com)'],
    ['with dollar signs', '$& $1 $$ $`'],
  ])('%s', async (_what, text) => {
    const { world, iid } = await blockedAccount()

    await world.decide(iid, 'Account Unblocked', { [label]: text })
    await world.passTime(2, 5)

    expect(world.done(iid).at(-1)).toBe(`reply: ${snippet('unblocked-by-security')}\n\n${text}`)
    expect(world.cardText(iid)).toContain('Ready: start the deletion')
    expect(world.cardText(iid)).not.toContain(text)
  })
})

describe('a reason is an internal note in which nothing can run', () => {
  it('each line of it is quoted, and it mentions nobody', async () => {
    const { world, iid } = await readyToComplete()

    await world.decide(iid, 'Complete Request', {
      Reason: 'done\n/reopen\r/label ~x\n@all <img src=x> ![](y)',
    })
    await world.passTime(3, 5)

    const note = world.gitlab.issue(iid).notes.find(({ body }) => body.includes('Completed by'))
    expect(note?.internal).toBe(true)
    const lines = (note?.body ?? '')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('<!-- privacy-desk:'))
    expect(lines.filter((line) => !line.startsWith('> '))).toEqual([])
    expect(note?.body).not.toMatch(/@all|<img|!\[/)
    expect(world.gitlab.issue(iid)).toMatchObject({ state: 'closed', labels: [] })
  })
})

describe('a number that is none is refused at the field', () => {
  it.each(['0', '-1', '1e3', 'abc', '#', '99999999999', '１２'])('%s', async (stays) => {
    const world = await startWorld()
    const iid = await world.request()

    const answer = await world.decide(iid, 'Close Duplicate', { 'Which issue stays open?': stays })

    expect(answer.body).toMatchObject({
      response_action: 'errors',
      errors: { 'field:stays': expect.stringMatching(/\S/) },
    })
    expect(world.done(iid)).toEqual([])
  })

  it('its own number, a closed request and one that nobody knows are refused as well', async () => {
    const world = await startWorld()
    const iid = await world.request()
    const closed = await world.request({ email: 'other@example.com' })
    world.gitlab.someoneCloses(closed, 'ines.engineer')
    await world.settle()

    for (const stays of [iid, closed, 999]) {
      const answer = await world.decide(iid, 'Close Duplicate', { 'Which issue stays open?': `#${stays}` })
      expect(answer.body).toMatchObject({ response_action: 'errors' })
    }

    expect(world.done(iid)).toEqual([])
  })
})

describe('what Slack would not let through but a forged submit could hold', () => {
  it('a choice that is none is refused', async () => {
    const world = await startWorld()
    const iid = await world.request()
    const view = await world.openModal(iid, 'Start')
    if (!view) throw new Error('no modal')
    const submit = {
      type: 'view_submission',
      team: { id: 'T01DESK' },
      user: { id: people.engineer.id, team_id: 'T01DESK' },
      trigger_id: 'x',
      view: {
        id: view.id,
        hash: view.hash,
        type: 'modal',
        callback_id: 'decide',
        private_metadata: view.privateMetadata,
        blocks: [],
        state: {
          values: {
            'field:accountType': { input: { type: 'radio_buttons', selected_option: { value: 'toString' } } },
          },
        },
      },
    }

    const answer = await world.slack.deliverSigned(
      new URLSearchParams({ payload: JSON.stringify(submit) }).toString(),
    )
    await world.settle()

    expect(answer.body).toMatchObject({ response_action: 'errors' })
    expect(world.done(iid)).toEqual([])
  })
})

async function readyToComplete() {
  const world = await startWorld()
  const iid = await world.request()
  world.gitlab.requesterReplies(iid, 'My answers')
  await world.settle()
  await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
  await world.click(iid, 'Start Deletion')
  await world.passTime(3, 5)
  return { world, iid }
}
