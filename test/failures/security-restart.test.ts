/** The bot is stopped and started with work pending: all of it is done, once. Through the whole app. */
import { describe, expect, test } from 'vitest'
import type { Failure } from '../../sandbox/fake-server.ts'
import { appSec } from '../../sandbox/gitlab/seed.ts'
import { supportGroupId } from '../../sandbox/zendesk/zendesk.ts'
import { shortLimitMs } from '../app/desk-world.ts'
import { keptToItself, privateTicket } from '../app/kept-to-itself.ts'
import {
  addedTo,
  agent,
  customerReport,
  decideOnTicket,
  mailsOf,
  openOnTicket,
  ticketCards,
  ticketCardText,
  type WithTicket,
} from '../app/ticket-acts.ts'

keptToItself()

const label = 'Reply to the requester'
const answer = 'Dear Mr Wayne, yes.'
const busy: Failure = { answer: { status: 429, headers: { 'retry-after': '1' }, body: {} } }
const question = { Team: appSec.name, 'Question for the team': 'Is Wayne safe?' }
const updates = ({ world }: WithTicket) => world.zendesk.fake.received('PUT', /\/tickets\//)

const decisions: [string, Record<string, string>, number, string][] = [
  ['Reply', { [label]: answer }, 1, 'Solved'],
  ['Redirect: Support', {}, 1, 'Forwarded to support'],
  ['Redirect: Vulnerability', {}, 1, 'Solved'],
  ['Redirect: Copyright', {}, 1, 'Solved'],
  ['Engage Expert', question, 2, 'Waiting on the expert team'],
  ['Compliance Report', { ...customerReport, Customer: 'Wayne Enterprises' }, 2, 'Compliance report queued'],
]

describe('Stopped after the submit and before anything is done', () => {
  test.each(decisions)('%s: all is done after the start, once', async (button, entries, comments, step) => {
    const given = await privateTicket()
    const { world } = given
    world.gitlab.addExpertTeam(appSec)
    world.zendesk.fake.fail({ method: 'PUT', times: Infinity, failure: busy })
    await decideOnTicket(given, button, entries)
    const before = addedTo(given)

    await world.restart()
    world.zendesk.fake.heal()
    await world.restart()
    await world.passTime(5, 60)

    expect(before).toEqual([])
    expect(addedTo(given)).toHaveLength(comments)
    expect(ticketCardText(given)).toContain(step)
    expect(ticketCardText(given)).toContain('*Done.*')
    expect(ticketCards(given)).toHaveLength(1)
  })

  test.each(decisions)(
    '%s, its answer lost: it is found after the start',
    async (button, entries, comments, step) => {
      const given = await privateTicket()
      const { world } = given
      world.gitlab.addExpertTeam(appSec)
      world.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, drop: 'connection' } })
      await decideOnTicket(given, button, entries)

      await world.restart()
      await world.passTime(5, 60)

      expect(addedTo(given)).toHaveLength(comments)
      expect(ticketCardText(given)).toContain(step)
      expect(ticketCardText(given)).toContain('*Done.*')
    },
  )
})

describe('Stopped in between', () => {
  test('after one of Engage Expert’s comments: the other follows, and there is one issue', async () => {
    const given = await privateTicket()
    const { world } = given
    world.gitlab.addExpertTeam(appSec)
    world.zendesk.fake.fail({ method: 'PUT', after: 1, times: Infinity, failure: busy })
    await decideOnTicket(given, 'Engage Expert', question)
    const before = addedTo(given).length

    await world.restart()
    world.zendesk.fake.heal()
    await world.passTime(5, 60)

    expect(before).toBe(1)
    expect(addedTo(given).map(({ public: isPublic }) => isPublic)).toEqual([true, false])
    expect(world.gitlab.world.issues.filter(({ project }) => project.path === appSec.project)).toHaveLength(1)
  })

  test('while the modal is open: it is still taken', async () => {
    const given = await privateTicket()
    const { world } = given
    const view = await openOnTicket(given, 'Reply')

    await world.restart()
    await world.slack.submit(agent, view?.id ?? '', { [label]: answer })
    await world.settle()

    expect(mailsOf(given)).toEqual([answer])
    expect(updates(given)).toHaveLength(1)
  })

  test('while Zendesk never answers the update: nothing is sent twice', async () => {
    const given = await privateTicket({ answerWithinMs: shortLimitMs })
    const { world, ticket } = given
    world.zendesk.fake.fail({ method: 'PUT', failure: { applied: true, hang: true } })
    const view = await openOnTicket(given, 'Reply')
    await world.slack.submit(agent, view?.id ?? '', { [label]: answer })
    await expect.poll(() => world.zendesk.ticket(ticket).status, { timeout: 5_000 }).toBe('solved')

    await world.restart()
    await world.passTime(5, 60)

    expect(mailsOf(given)).toEqual([answer])
    expect(updates(given)).toHaveLength(1)
    expect(ticketCardText(given)).toContain('*Done.*')
  })

  test('and what happened in Zendesk meanwhile is found at the start', async () => {
    const given = await privateTicket()
    const { world, ticket } = given
    await world.stop()
    const solvedAway = world.zendesk.submitTicket('Wayne, never mind')
    const fresh = world.zendesk.submitTicket('Wayne has another question')
    world.zendesk.someoneSolves(solvedAway.id)
    world.zendesk.someoneMoves(ticket, supportGroupId)

    await world.restart()

    expect(ticketCards({ world, ticket: solvedAway.id })).toEqual([])
    expect(ticketCards({ world, ticket: fresh.id })).toHaveLength(1)
    expect(ticketCardText(given)).toContain('*Given to support in Zendesk*')
  })

  test('with a decision that is refused for good: Try Again is there after the start, and goes on', async () => {
    const given = await privateTicket()
    const { world } = given
    world.zendesk.fake.fail({ method: 'PUT', failure: { answer: { status: 422, body: {} } } })
    await decideOnTicket(given, 'Reply', { [label]: answer })

    await world.restart()
    const card = ticketCards(given).at(-1)
    await world.slack.click(agent, card?.ts ?? '', { button: 'Try Again' })
    await world.settle()

    expect(mailsOf(given)).toEqual([answer])
  })
})

describe('Restarted in a row at every step', () => {
  test.each(decisions)('after %s nothing is said or sent again', async (button, entries, comments) => {
    const given = await privateTicket()
    const { world } = given
    world.gitlab.addExpertTeam(appSec)
    await decideOnTicket(given, button, entries)
    // The digest of the day waits until the queue has been read.
    await world.settle()
    const sent = updates(given).length
    const posts = world.slack.fake.received('POST', /chat\.postMessage$/).length

    await world.restart()
    await world.restart()
    await world.advance({ minutes: 5 })

    expect(updates(given)).toHaveLength(sent)
    expect(addedTo(given)).toHaveLength(comments)
    expect(world.slack.fake.received('POST', /chat\.postMessage$/)).toHaveLength(posts)
    expect(ticketCards(given)).toHaveLength(1)
  })
})
