/** The expert team or its project is not there: nobody is told what is not true. Through the whole app. */
import { describe, expect, test } from 'vitest'
import { appSec } from '../../sandbox/gitlab/seed.ts'
import * as texts from '../../src/flows/ticket-texts.ts'
import { keptToItself, privateTicket } from '../app/kept-to-itself.ts'
import {
  addedTo,
  agent,
  decideOnTicket,
  expert,
  mailsOf,
  openOnTicket,
  ticketCard,
  ticketCardText,
  ticketThread,
} from '../app/ticket-acts.ts'

keptToItself()

const { project } = appSec
const question = { Team: appSec.name, 'Question for the team': 'Is Wayne safe?' }
const issuesOf = ({ world }: Awaited<ReturnType<typeof privateTicket>>) =>
  world.gitlab.world.issues.filter((issue) => issue.project.path === project)

/** config/desk.yaml as it is now, and as it will be at the next start. */
function changing() {
  const desk = { hasTeam: true }
  const deskYaml = (text: string) =>
    desk.hasTeam ? text : text.replace('name: Application Security', 'name: Product Security')
  return { desk, deskYaml }
}

describe('An expert team that is taken out of the configuration', () => {
  test('between the modal and its submit: refused, and nobody is told anything', async () => {
    const { desk, deskYaml } = changing()
    const given = await privateTicket({ deskYaml })
    const { world } = given
    world.gitlab.addExpertTeam(appSec)
    const view = await openOnTicket(given, 'Engage Expert')
    desk.hasTeam = false
    await world.restart()

    const answer = await world.slack.submit(agent, view?.id ?? '', question)
    await world.settle()

    expect(JSON.stringify(answer.body)).toContain('field:team')
    expect(issuesOf(given)).toEqual([])
    expect(addedTo(given)).toEqual([])
    expect(ticketCardText(given)).toContain('Needs a reply from Field Security')
  })

  test('between the submit and the issue: the card says which, and Try Again goes on once it is back', async () => {
    const { desk, deskYaml } = changing()
    const given = await privateTicket({ deskYaml })
    const { world } = given
    world.gitlab.addExpertTeam(appSec)
    const failure = { answer: { status: 429, headers: { 'retry-after': '60' }, body: {} } }
    world.gitlab.fake.fail({ method: 'POST', path: /\/issues$/, failure })
    await decideOnTicket(given, 'Engage Expert', question)
    desk.hasTeam = false
    await world.restart()
    await world.passTime(3, 60)
    const failed = ticketCardText(given)
    const before = addedTo(given)
    desk.hasTeam = true
    await world.restart()

    await world.slack.click(agent, ticketCard(given), { button: 'Try Again' })
    await world.settle()

    expect(failed).toContain('config/desk.yaml no longer names the expert team “Application Security”')
    expect(before).toEqual([])
    expect(issuesOf(given)).toHaveLength(1)
    expect(mailsOf(given)).toEqual([texts.moreResearch])
    expect(ticketCardText(given)).toContain('*Done.*')
  })

  test('after the issue was opened: the ticket still waits for its answer, and Reply works', async () => {
    const { desk, deskYaml } = changing()
    const given = await privateTicket({ deskYaml })
    const { world } = given
    world.gitlab.addExpertTeam(appSec)
    await decideOnTicket(given, 'Engage Expert', question)
    desk.hasTeam = false
    await world.restart()

    world.gitlab.someoneComments(1, expert, 'Wayne is safe.', { project })
    await world.settle()
    await decideOnTicket(given, 'Reply')

    expect(ticketThread(given)).toHaveLength(1)
    expect(mailsOf(given)).toEqual([texts.moreResearch, 'Wayne is safe.'])
  })
})

describe('A project that can’t be read', () => {
  test.each([403, 404, 401])(
    'when the issue is to be opened (%i): the card says so, the requester is told nothing',
    async (status) => {
      const given = await privateTicket()
      const { world } = given
      world.gitlab.addExpertTeam(appSec)
      const path = /appsec-team.*\/issues$/
      world.gitlab.fake.fail({
        method: 'POST',
        path,
        times: Infinity,
        failure: { answer: { status, body: {} } },
      })

      await decideOnTicket(given, 'Engage Expert', question)
      const failed = ticketCardText(given)
      const before = addedTo(given)
      world.gitlab.fake.heal()
      await world.slack.click(agent, ticketCard(given), { button: 'Try Again' })
      await world.settle()

      expect(failed).toContain('*1 of 3 steps failed; the rest are waiting.*')
      expect(failed).toContain(String(status))
      expect(before).toEqual([])
      expect(issuesOf(given)).toHaveLength(1)
      expect(mailsOf(given)).toEqual([texts.moreResearch])
    },
  )

  test.each([403, 404, 500])(
    'while the expert answers (%i): the log says so, Reply opens without a draft, and later with it',
    async (status) => {
      const given = await privateTicket()
      const { world } = given
      world.gitlab.addExpertTeam(appSec)
      await decideOnTicket(given, 'Engage Expert', question)
      world.gitlab.someoneComments(1, expert, 'Wayne is safe.', { project })
      world.gitlab.fake.fail({
        path: /appsec-team/,
        times: Infinity,
        failure: { answer: { status, body: {} } },
      })
      await world.settle()
      const said = ticketThread(given)
      const view = await openOnTicket(given, 'Reply')
      await world.slack.closeView(agent)
      world.gitlab.fake.heal()
      await world.advance({ minutes: 5 })

      expect(said).toEqual([])
      expect(view).toBeDefined()
      expect(JSON.stringify(view?.blocks)).not.toContain('Wayne is safe.')
      expect(world.logged.join('')).toContain('the expert issue could not be read')
      expect(ticketThread(given)).toHaveLength(1)
      await decideOnTicket(given, 'Reply')
      expect(mailsOf(given).at(-1)).toBe('Wayne is safe.')
    },
  )

  test.each([
    ['dropped', { applied: true, drop: 'connection' } as const],
    ['502', { applied: true, answer: { status: 502, body: 'Bad Gateway' } }],
  ])('the answer of its opening is lost (%s): there is one issue', async (_how, failure) => {
    const given = await privateTicket()
    const { world } = given
    world.gitlab.addExpertTeam(appSec)
    world.gitlab.fake.fail({ method: 'POST', path: /\/issues$/, failure })

    await decideOnTicket(given, 'Engage Expert', question)
    await world.passTime(10, 10)

    expect(issuesOf(given)).toHaveLength(1)
    expect(addedTo(given)).toHaveLength(2)
    expect(ticketCardText(given)).toContain('*Done.*')
  })
})
