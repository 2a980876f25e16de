/** A step that sent nothing is taken back, as long as nothing was sent since; through the whole app. */
import { describe, expect, test } from 'vitest'
import { usernames } from '../../sandbox/gitlab/gitlab.ts'
import { formCopy, people, snippet, startWorld, type WorldOptions } from './desk-world.ts'
import { aRequest, chooseInMenu, decideInMenu, type InWorld, requesterWrites } from './flow-acts.ts'

const deletion = 'GitLab.com Account Deletion'
const deceased = 'GitLab.com Account Deletion - Deceased User'
const why = { 'Reason for undoing it': 'A slip of the mouse' }
const { engineer, manager, privacy } = people

const undo = ({ world, iid }: InWorld, by: string = engineer.id) => world.decide(iid, 'Undo Step', why, by)

async function verified(given: InWorld): Promise<InWorld> {
  await requesterWrites(given, 'In spring 2019.')
  return given
}

async function exceptionAsked(options: WorldOptions = {}): Promise<InWorld> {
  const given = await verified(await aRequest(deletion, options))
  await given.world.click(given.iid, 'Request Exception')
  return given
}

async function changesBy({ world, iid }: InWorld, act: () => Promise<unknown>) {
  const before = world.changes(iid).length
  await act()
  await world.passTime(3, 5)
  return world.changes(iid).slice(before)
}

const note = (what: string) => ({
  note: expect.stringMatching(new RegExp(`^> “${what}” taken back by .*A slip of the mouse`, 's')),
  internal: true,
})

describe('Undo Step', () => {
  test('is not on a card of which nothing was decided', async () => {
    const { world, iid } = await aRequest(deletion)

    expect(world.slack.buttons(world.card(iid))).not.toContain('Undo Step')
  })

  test('takes Answers Received back: the clock is as it was, and Close No Response is open again', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    await world.click(iid, 'Answers Received')
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    await world.advance({ days: 3 })

    expect(await changesBy(given, () => undo(given))).toEqual([note('Answers Received')])
    expect(world.cardText(iid)).toContain('Close No Response · from Mar 9')
    expect(world.cardText(iid)).toContain(`<@${engineer.id}> took back *Answers Received*`)
    expect(world.thread(iid).at(-1)).toBe(
      `“Answers Received” was taken back by <@${engineer.id}>: #${iid} is back at “Waiting for the challenge answers”.`,
    )
    expect(world.slack.buttons(world.card(iid))).not.toContain('Undo Step')
    await world.advance({ days: 6 })
    await world.click(iid, 'Close No Response')
    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })

  test('says before it is done what is taken back and where the request will stand', async () => {
    const { world, iid } = await aRequest(deletion)
    await world.click(iid, 'Answers Received')

    const view = await world.openModal(iid, 'Undo Step')

    expect(JSON.stringify(view?.blocks)).toContain(
      `Undoes “Answers Received”: #${iid} goes back to “Waiting for the challenge answers”, with its deadlines as they were.`,
    )
  })

  test('puts back the labels that the step changed, and no others', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    world.gitlab.someoneLabels(iid, usernames.engineer, ['account-deletion::corporate'])
    await world.settle()
    await world.decide(iid, 'Start', {
      'Account type': 'free',
      'Reason in the requester’s comment': 'lost_2fa',
    })
    await world.passTime(3, 5)

    const changes = await changesBy(given, () => undo(given))

    expect(changes).toEqual([
      note('Start'),
      {
        add: 'account-deletion::corporate',
        remove: 'account-deletion::personal,RequestReason::lost_2fa,Awaiting::Challenge Answers',
      },
    ])
    expect(world.gitlab.issueView(iid).labels).toEqual(['account-deletion::corporate'])
  })

  test('puts back at once what is still on its way to GitLab', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    const busy = { answer: { status: 503, body: {} } }
    world.gitlab.fake.fail({ method: 'PUT', times: Infinity, failure: busy })
    await world.decide(iid, 'Start', { 'Account type': 'free', 'Reason in the requester’s comment': 'none' })
    await undo(given)
    world.gitlab.fake.heal()
    await world.passTime(20, 30)

    expect(world.gitlab.issueView(iid).labels).toEqual([])
  })

  test('withdraws an exception that was asked for, and whoever was asked sees it', async () => {
    const given = await exceptionAsked()
    const { world, iid } = given

    expect(await changesBy(given, () => undo(given))).toEqual([note('Request Exception')])
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    expect(world.cardText(iid)).not.toContain('*Exception* requested')
    const said = world.thread(iid).at(-1) ?? ''
    expect(said).toContain('“Request Exception” was taken back')
    expect(said).toContain('You don’t need to do anything.')
    expect(said).toMatch(/<!subteam\^.*<!subteam\^|<@.*<@.*<@/)
  })

  test('goes back as many steps as sent nothing', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    await world.click(iid, 'Answers Received')
    await world.click(iid, 'Request Exception')

    await undo(given)
    expect(world.cardText(iid)).toContain('Answers are in: check them')
    await undo(given)

    expect(world.cardText(iid)).toContain('Waiting for the challenge answers')
  })

  test('is refused once the decision has sent something', async () => {
    const given = await verified(await aRequest(deletion))
    const { world, iid } = given
    await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
    const stale = world.card(iid)
    await world.click(iid, 'Start Deletion')

    await world.slack.click(engineer.id, stale, { button: 'Undo Step' }, { confirm: true })
    await world.settle()

    expect(world.told(engineer.id).at(-1)).toBe(
      `“Start Deletion” can’t be undone on #${iid}: somebody outside has heard of it, or it wasn’t done here.`,
    )
    expect(world.cardText(iid)).toContain('Deletion in progress')
  })

  test('is refused where a colleague has answered by hand meanwhile, seen or not', async () => {
    const given = await verified(await aRequest(deletion, { webhook: false }))
    const { world, iid } = given
    await world.advance({ minutes: 2 })
    await world.decide(iid, 'Pass Verification', { 'The account is': 'active' })
    world.gitlab.someoneComments(iid, usernames.engineer, snippet('blocked-user-initiated'))

    const before = world.changes(iid).length
    const view = await world.openModal(iid, 'Undo Step')

    expect(view).toBeUndefined()
    expect(world.told(engineer.id).at(-1)).toContain(
      'Too late to undo “Pass Verification”: the requester of #',
    )
    expect(world.changes(iid).length).toBe(before)
  })

  test('is refused where the requester has answered after Answers Received', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    await world.click(iid, 'Answers Received')
    await world.advance({ minutes: 2 })
    await requesterWrites(given, 'In spring 2019.')

    expect(await world.openModal(iid, 'Undo Step')).toBeUndefined()
    expect(world.told(engineer.id).at(-1)).toContain('since, and that may be the answer.')
  })

  test('takes back only what the person saw: another step meanwhile is not taken back for it', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    await world.click(iid, 'Answers Received')
    const view = await world.openModal(iid, 'Undo Step')
    await world.click(iid, 'Request Exception', manager.id)

    await world.slack.submit(engineer.id, view?.id ?? '', why)
    await world.settle()

    expect(world.cardText(iid)).toContain('Exception requested: approve it or fail verification')
    expect(world.told(engineer.id).at(-1)).toContain('has moved on since you opened it')
  })

  test('of an approval is for whoever may approve', async () => {
    const given = await exceptionAsked()
    const { world, iid } = given
    await world.decide(iid, 'Approve Exception', { Reason: 'They left.' }, manager.id)
    await world.passTime(3, 5)
    expect(await world.openModal(iid, 'Undo Step')).toBeUndefined()
    expect(world.told(engineer.id).at(-1)).toContain('Only a support manager can undo “Approve Exception”.')

    await undo(given, manager.id)
    await world.passTime(3, 5)

    expect(world.cardText(iid)).toContain('Exception requested: approve it or fail verification')
    expect(world.gitlab.issueView(iid).labels).not.toContain('Deletion Request::Exception Approved')
  })

  test('of Continue leads Privacy back to its question', async () => {
    const given = await verified(await aRequest(deceased))
    const { world, iid } = given
    await world.decide(iid, 'Ask Privacy', { 'Your question for Privacy': 'Is the certificate enough?' })
    await world.click(iid, 'Continue', privacy.id)

    await undo(given, privacy.id)

    expect(world.cardText(iid)).toContain('Privacy to decide: continue or fail')
  })

  test('is written to the audit log with what was taken back', async () => {
    const given = await aRequest(deletion)
    await given.world.click(given.iid, 'Answers Received')
    await undo(given)

    const entry = (await given.world.audit()).findLast(({ what }) => what === 'decided')

    expect(entry).toMatchObject({
      who: `slack:${engineer.id}`,
      details: {
        decision: 'undo-step',
        takenBack: 'Answers Received',
        from: 'account-deletion/evaluating',
        to: 'account-deletion/awaiting-answers',
      },
    })
  })

  test('leads a request whose type was set wrongly back to where it has none', async () => {
    const world = await startWorld()
    const iid = await world.request({ description: formCopy('Something else') })
    const given = { world, iid }
    await world.decide(iid, 'Set Type', { 'Request type': 'data-export' })
    await world.passTime(3, 5)
    expect(world.gitlab.issueView(iid).labels).toEqual(['Export Request::self-serve'])

    await undo(given)
    await world.passTime(3, 5)

    expect(world.cardText(iid)).toContain('Unknown request type: set it')
    expect(world.gitlab.issueView(iid).labels).toEqual([])
  })

  test('of a hold of the clocks lets them run as if there had been none', async () => {
    const given = await aRequest(deletion)
    const { world, iid } = given
    await decideInMenu(given, 'Pause Clocks', { Reason: 'Privacy asked' })
    await world.advance({ days: 2 })

    await undo(given)

    expect(world.cardText(iid)).toContain('Close No Response · from Mar 9')
    expect(world.cardText(iid)).not.toContain('aused')
    expect(await chooseInMenu(given, 'Pause Clocks')).toBeDefined()
  })
})

describe('A mail that nobody wrote', () => {
  test('that has led a self-serve export on is taken back, with the clock as it was', async () => {
    const given = await aRequest('Data Export Request')
    const { world, iid } = given
    await world.advance({ days: 2 })
    await requesterWrites(given, 'I will be back on Monday.')
    expect(world.cardText(iid)).toContain('Self-serve failed: help the requester')

    await decideInMenu(given, 'Not an Answer', { Reason: 'Out of office' })
    await world.settle()

    expect(world.cardText(iid)).toContain('Self-serve export until Mar 8')
    await world.advance({ days: 6 })
    await world.click(iid, 'Close Self-Serve')
    expect(world.gitlab.issueView(iid).state).toBe('closed')
  })

  test('that has reopened a closed export is taken back: it is closed again, and nothing is sent', async () => {
    const given = await aRequest('Data Export Request')
    const { world, iid } = given
    await world.advance({ days: 8 })
    await world.click(iid, 'Close Self-Serve')
    await world.advance({ days: 1 })
    await requesterWrites(given, 'I will be back on Monday.')
    expect(world.gitlab.issueView(iid).state).toBe('opened')

    const changes = await changesBy(given, () => undo(given))

    expect(changes).toEqual([note('The requester wrote'), { state: 'close' }])
    expect(world.cardText(iid)).toContain('Closed')
    await world.advance({ days: 1 })
    await requesterWrites(given, 'It still fails.')
    expect(world.cardText(iid)).toContain('Self-serve failed: help the requester')
  })
})
