/** `/privacy claim` of what a colleague has: it asks first, with their name, and tells them. The security desk likewise. */
import { describe, expect, test } from 'vitest'
import { channel, modalAfter, people, securityChannel, startWorld, textOf, type World } from './desk-world.ts'
import { aTicket, ticketCardText, ticketThread } from './ticket-acts.ts'

const [ada, ben, mara] = [people.engineer.id, people.secondEngineer.id, people.manager.id]

async function claim(world: World, iid: number, by: string, where: string = channel, command = '/privacy') {
  const view = await modalAfter(world, by, () => world.slack.command(by, where, command, `claim ${iid}`))
  await world.drain()
  return view
}

async function claimedByAda() {
  const world = await startWorld()
  const iid = await world.request()
  await claim(world, iid, ada)
  return { world, iid }
}

describe('Claiming what a colleague has claimed', () => {
  test('asks first, names them, and changes nothing until it is confirmed', async () => {
    const { world, iid } = await claimedByAda()

    const view = await claim(world, iid, ben)

    expect(view?.title).toBe('Take Over')
    expect(textOf({ text: '', blocks: view?.blocks ?? [] })).toContain(`*#${iid}* is assigned to <@${ada}>.`)
    expect(world.cardText(iid)).toContain(`Assigned to <@${ada}>`)
    expect(world.thread(iid)).toEqual([])
  })

  test('confirmed, it is theirs, and whoever had it is told in the thread, once', async () => {
    const { world, iid } = await claimedByAda()
    const view = await claim(world, iid, ben)

    await world.slack.submit(ben, view?.id ?? '', {})
    await world.drain()

    expect(world.cardText(iid)).toContain(`Assigned to <@${ben}>`)
    expect(world.thread(iid)).toEqual([`<@${ada}> <@${ben}> has taken over #${iid} from you.`])
    expect(world.told(ben)).toEqual([
      `#${iid} is yours now; <@${ada}> had it before, and is told in its thread.`,
    ])
  })

  test('of two who confirm at once only the first takes it; the other is told who has it now', async () => {
    const { world, iid } = await claimedByAda()
    const [first, second] = [await claim(world, iid, ben), await claim(world, iid, mara)]
    await world.slack.submit(ben, first?.id ?? '', {})
    await world.drain()

    await world.slack.submit(mara, second?.id ?? '', {})
    await world.drain()

    expect(world.cardText(iid)).toContain(`Assigned to <@${ben}>`)
    expect(world.told(mara)).toEqual([
      `#${iid} is assigned to <@${ben}>, so it is not yours. Type \`/privacy claim ${iid}\` again to take it over.`,
    ])
    expect(world.thread(iid)).toHaveLength(1)
  })

  test('of a request that was closed meanwhile takes nothing', async () => {
    const { world, iid } = await claimedByAda()
    const view = await claim(world, iid, ben)
    await world.click(iid, 'Mark Spam')

    await world.slack.submit(ben, view?.id ?? '', {})
    await world.drain()

    expect(world.told(ben)).toEqual([`#${iid} is closed.`])
    expect(world.thread(iid)).toEqual([])
  })

  test('by somebody whose role is gone is refused', async () => {
    const { world, iid } = await claimedByAda()
    const view = await claim(world, iid, mara)
    world.slack.setGroupMembers('support-managers', [])
    await world.advance({ minutes: 2 })

    await world.slack.submit(mara, view?.id ?? '', {})
    await world.drain()

    expect(world.told(mara)).toEqual([
      expect.stringMatching(/^Only support engineers, support managers and Privacy can do that/),
    ])
    expect(world.cardText(iid)).toContain(`Assigned to <@${ada}>`)
  })

  test('asks nobody who has it already, nor whoever claims what nobody has', async () => {
    const { world, iid } = await claimedByAda()

    expect(await claim(world, iid, ada)).toBeUndefined()
    expect(world.told(ada)).toEqual([`#${iid} is yours now.`, `#${iid} is yours already.`])
  })

  test('at the security desk', async () => {
    const given = await aTicket({ env: { FIELD_SECURITY: `${people.fieldSecurity.id},${ben}` } })
    const { world, ticket } = given
    const kenji = people.fieldSecurity.id
    await claim(world, ticket, kenji, securityChannel, '/security')

    const view = await claim(world, ticket, ben, securityChannel, '/security')
    expect(textOf({ text: '', blocks: view?.blocks ?? [] })).toContain(
      `*Ticket ${ticket}* is assigned to <@${kenji}>.`,
    )
    await world.slack.submit(ben, view?.id ?? '', {})
    await world.drain()

    expect(ticketCardText(given)).toContain(`Assigned to <@${ben}>`)
    expect(ticketThread(given)).toEqual([`<@${kenji}> <@${ben}> has taken over ticket ${ticket} from you.`])
  })
})
