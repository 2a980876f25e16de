/** The faults end, and everything has to come to rest: done, or visibly failed with Try Again. */
import { interactive } from '../../sandbox/slack/blocks.ts'
import { CHANNELS, PEOPLE } from '../../sandbox/slack/people.ts'
import { mostAheadMs } from './bot-clock.ts'
import { unrest } from './database.ts'
import { fieldSecurityTeam } from './field-security.ts'
import { unhide } from './gitlab-people.ts'
import type { World } from './world.ts'
import { calmZendesk } from './zendesk-weather.ts'

/** As often is looked; in between the longest pause of the bot's own passes. */
const mostLooks = 40
const mostLooksAtStart = 5
const day = 24 * 3_600_000
const pauseMs = 5 * 60_000

/** What is left that does not come to rest; empty where all does. */
export async function comeToRest(world: World): Promise<readonly string[]> {
  const { faults, conditions, bot, time } = world
  faults.end()
  conditions.end()
  bot.clock.setRight()
  unhide(world)
  calmZendesk(world)
  world.fieldSecurity.set(fieldSecurityTeam)
  bot.start()
  // What GitLab has not shown for long is asked for once a day, by a clock that may have been ahead the day before.
  time.jump(day + mostAheadMs)
  // A start waits out what Slack limits: a minute where Slack does not say how long.
  for (let look = 0; look < mostLooksAtStart && !bot.isReady; look++) await time.run(30_000)
  if (!bot.isReady) return ['the bot does not start although nothing is wrong any more']
  const left = await waitForRest(world)
  if (left.length > 0) return left
  if (await postWaitingCards(world)) await waitForRest(world)
  for (let round = 0; round < 3; round++) if (await tryAgain(world)) await waitForRest(world)
  await list(world)
  return waitForRest(world)
}

async function waitForRest(world: World): Promise<readonly string[]> {
  const { time, database, deliveries } = world
  let left: readonly string[] = []
  for (let look = 0; look < mostLooks; look++) {
    await time.run(15_000)
    left = database.isThere() ? await unrest(database) : ['no database']
    if (left.length === 0 && !deliveries.areUnderWay) {
      await pollOnceMore(world)
      left = await unrest(database)
      if (left.length === 0) return []
    }
    time.jump(pauseMs)
  }
  return left.length > 0 ? left : ['deliveries are still under way']
}

/** The poll finds what no webhook told. */
async function pollOnceMore({ time, environment }: World): Promise<void> {
  const { GITLAB_POLL_SECONDS, ZENDESK_POLL_SECONDS } = environment
  await time.run(Math.max(Number(GITLAB_POLL_SECONDS), Number(ZENDESK_POLL_SECONDS)) * 1000 + 15_000)
}

/** Of what has come in while the bot was down for long ten cards are posted, and the others are asked for; false where none waits. */
async function postWaitingCards({ slack, time, history }: World): Promise<boolean> {
  const all = 'post-cards:all'
  const whom = [
    [CHANNELS.privacy, PEOPLE.manager],
    [CHANNELS.security, PEOPLE.fieldSecurity],
  ] as const
  let isAsked = false
  for (const [channel, person] of whom) {
    const message = slack
      .messages(channel.id)
      .find(({ blocks }) => interactive(blocks).some(({ element }) => element.action_id === all))
    if (!message) continue
    isAsked = true
    history.count('cards that waited were asked for')
    await time.until(
      slack.click(person.id, message, all, { confirm: true }).catch(() => undefined),
      10_000,
    )
  }
  return isAsked
}

/** Every card that offers Try Again is clicked; false where none does. */
async function tryAgain(world: World): Promise<boolean> {
  const { slack, time, history } = world
  const failed = [...world.cards(), ...world.ticketCards()].filter(({ blocks }) =>
    interactive(blocks).some(({ element }) => element.action_id === 'try-again'),
  )
  for (const card of failed) {
    history.count('Try Again after the faults had ended')
    const who = card.text.startsWith('#') ? PEOPLE.engineer.id : PEOPLE.fieldSecurity.id
    const clicked = slack.click(who, card, 'try-again', { confirm: true }).catch(() => undefined)
    await time.until(clicked, 10_000)
  }
  return failed.length > 0
}

/** What the checks look for is asked for by those whose work it is. */
async function list({ slack, time }: World): Promise<void> {
  const typed = [
    [PEOPLE.engineer.id, CHANNELS.privacy.name, '/privacy', 'list'],
    [PEOPLE.fieldSecurity.id, CHANNELS.security.name, '/security', 'list'],
    [PEOPLE.fieldSecurity.id, CHANNELS.security.name, '/security', 'batch'],
  ] as const
  for (const [who, channel, command, text] of typed) {
    const listed = slack.command(who, channel, command, text).catch(() => undefined)
    await time.until(listed, 10_000)
    await time.run(2_000)
  }
}
