/** Courses of events at the security desk that chance alone takes too seldom. */
import { interactive } from '../../sandbox/slack/blocks.ts'
import { PEOPLE } from '../../sandbox/slack/people.ts'
import type { Message } from '../../sandbox/slack/workspace.ts'
import { fieldSecurityTeam } from './field-security.ts'
import { actOnButton } from './slack-people.ts'
import type { World } from './world.ts'
import { moveToOther, requesterAnswers, storm, writesToSecurity } from './zendesk-people.ts'

const day = 24 * 3_600_000
/** Whoever asks for a role again after this is told it anew. */
const rolesAreOldMs = 70_000

/** Zendesk keeps the two blanks in another way. */
const yes = 'Yes, always.  See A & B, and <C>.'

type Entries = Readonly<Record<string, string>>

const report: Entries = {
  Report: 'SOC 2 Type 1',
  'Requested by': 'A customer',
  Customer: 'Initech',
  'How the customer’s status was verified': 'Salesforce',
}

export async function tellTicketStory(world: World): Promise<void> {
  await world.prng.weighted<(world: World) => Promise<void> | void>([
    [2, writtenBeforeSubmit],
    [5, writtenWhileHandled],
    [2, roleLost],
    [1.5, redirectedAndBack],
    [2.5, distributionDay],
    [2, expertAsked],
    [1.5, storm],
  ])(world)
}

/** What the person reads in the modal is no longer what stands on the ticket. */
async function writtenBeforeSubmit(world: World): Promise<void> {
  const card = cardWith(world, 'decide:reply')
  if (!card) return
  world.history.add('story: written before the submit')
  const who = await open(world, card, 'decide:reply')
  requesterAnswers(world, ticketOf(world, card))
  await world.time.run(world.prng.between(0, 3_000))
  await submit(world, who, { 'Reply to the requester': yes })
}

/** After the submit was looked at, or after it was decided: in between is a matter of milliseconds. */
async function writtenWhileHandled(world: World): Promise<void> {
  const { prng, time, network, history } = world
  const card = cardWith(world, 'decide:reply')
  if (!card) return
  history.add('story: written while it is handled')
  const ticket = ticketOf(world, card)
  const who = await open(world, card, 'decide:reply')
  const before = network.calls.length
  const submitting = submit(world, who, { 'Reply to the requester': yes }, 0)
  const looks = prng.pick([1, 2, 2])
  const reads = () =>
    network.calls
      .slice(before)
      .filter(({ method, path }) => method === 'GET' && /\/comments(?:\.json)?$/.test(path)).length
  for (let look = 0; look < 100 && reads() < looks; look++) await time.run(20)
  await time.run(prng.between(0, 12) * 10)
  if (ticket.status !== 'closed' && !ticket.deleted) requesterAnswers(world, ticket)
  await time.until(submitting, 5_000)
}

/** The modal was opened with the role and is submitted without it. */
async function roleLost(world: World): Promise<void> {
  const { prng, time, fieldSecurity, history } = world
  const card = cardWith(world, 'decide:reply')
  if (!card) return
  history.add('story: a role that is lost')
  const who = await open(world, card, 'decide:reply')
  fieldSecurity.set(fieldSecurityTeam.filter((one) => one !== who))
  await time.run(rolesAreOldMs)
  await submit(world, who, { 'Reply to the requester': 'As I said.' })
  if (prng.chance(0.7)) fieldSecurity.set(fieldSecurityTeam)
}

async function redirectedAndBack(world: World): Promise<void> {
  const { prng, time, history } = world
  const card = cardWith(world, 'decide:redirect-support')
  if (!card) return
  history.add('story: redirected, and back')
  const who = await open(world, card, 'decide:redirect-support')
  await submit(world, who, {})
  await time.run(prng.between(2_000, 9_000))
  const ticket = ticketOf(world, card)
  if (ticket.status !== 'closed' && !ticket.deleted) moveToOther(world, ticket)
}

/** The list of a day is posted at the time of the digest: whoever looks once a day at the same hour may never find it. */
const looksADay = 3
/** From a distribution day to the next but one there are five days at most, with a holiday between. */
const daysLooked = 6

/** Promised on one day and sent on the next that reports are sent on, all in one go: so there are several. */
async function distributionDay(world: World): Promise<void> {
  const { prng, time, history } = world
  const open = () => world.ticketCards().filter((card) => hasButton(card, 'decide:compliance-report'))
  history.add('story: a distribution day')
  if (open().length < 2) {
    for (let count = 0; count < 3; count++) writesToSecurity(world)
    for (let look = 0; look < 14 && open().length < 2; look++) await time.run(5_000)
  }
  for (const card of open().slice(0, 3)) {
    const who = await openAnew(world, card, 'decide:compliance-report')
    await submit(world, who, report)
    await time.run(2_000)
  }
  const unsent = () => world.batches().find((one) => hasButton(one, 'send-batch'))
  for (let look = 0; look < daysLooked * looksADay && !unsent(); look++) {
    time.jump(day / looksADay)
    await time.run(25_000)
  }
  const batch = unsent()
  if (!batch) return
  const who = await openAnew(world, batch, 'send-batch')
  await time.run(prng.between(0, 2_000))
  await submit(world, who, {})
}

async function expertAsked(world: World): Promise<void> {
  const card = cardWith(world, 'decide:engage-expert')
  if (!card) return
  const { time, gitlab, history, prng } = world
  history.add('story: an expert is asked')
  const who = await open(world, card, 'decide:engage-expert')
  await submit(world, who, { Team: 'Abuse', 'Question for the team': 'Is it safe?' })
  await time.run(prng.between(2_000, 8_000))
  const issue = gitlab.world.issues.findLast(({ project }) => project.expert !== undefined)
  if (issue?.project.expert)
    gitlab.someoneComments(issue.iid, issue.project.expert, 'It is safe.', { project: issue.project.path })
}

/** By somebody of Field Security; who it was. */
async function open(world: World, card: Message, action: string, by?: string): Promise<string> {
  const { prng, slack, time, fieldSecurity } = world
  const who = by ?? prng.pick(fieldSecurity.members.filter((one) => one !== PEOPLE.member.id))
  actOnButton(world, who, card, action)
  for (let look = 0; look < 60 && !slack.openView(who); look++) await time.run(100)
  return who
}

/** The same, by somebody who has closed what they had open. */
async function openAnew(world: World, card: Message, action: string): Promise<string> {
  const { prng, slack, time, fieldSecurity } = world
  const who = prng.pick(fieldSecurity.members.filter((one) => one !== PEOPLE.member.id))
  while (slack.openView(who))
    await time.until(
      slack.closeView(who).catch(() => undefined),
      5_000,
    )
  return open(world, card, action, who)
}

/** The modal that they have open, if they have one. */
async function submit(world: World, who: string, entries: Entries, patienceMs = 5_000): Promise<void> {
  const view = world.slack.openView(who)
  if (!view) return
  const submitting = world.slack.submit(who, view.id, entries).then(
    () => undefined,
    () => undefined,
  )
  if (patienceMs === 0) return submitting
  await world.time.until(submitting, patienceMs)
}

function cardWith(world: World, action: string): Message | undefined {
  const cards = world.ticketCards().filter((card) => hasButton(card, action))
  return cards.length === 0 ? undefined : world.prng.pick(cards)
}

function hasButton(card: Message, action: string): boolean {
  return interactive(card.blocks).some(({ element }) => element.action_id === action)
}

function ticketOf({ zendesk }: World, { text }: Message) {
  return zendesk.ticket(Number(/^Security ticket (\d+)/.exec(text)?.[1]))
}
