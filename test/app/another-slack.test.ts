/**
 * The bot beside a Slack that nobody here wrote: `emulate` of Vercel Labs, in this process. It knows chat, conversations,
 * users, views with triggers, metadata and scopes. It has no user groups (people are named in the settings here), no
 * clicks, commands or `response_url` (a click is signed and sent here as Slack would), no limits, and does not look into
 * blocks: these stay with the local Slack of the sandbox.
 */
import { describe, expect, it } from 'vitest'
import { snippet } from './desk-world.ts'
import { aDesk, manifestScopes } from './emulated-slack.ts'

describe('beside a Slack that nobody here wrote', () => {
  it('the card is posted once in the private channel, under the mark by which it is known, and then updated', async () => {
    const desk = await aDesk()

    await desk.request()
    const first = await desk.card()
    await desk.requesterAnswers()
    const second = await desk.card()

    expect(first.text).toContain('Waiting for the challenge answers')
    expect(second.text).toContain('Answers are in: check them')
    expect(second.ts).toBe(first.ts)
    expect(first.metadata).toMatchObject({ event_type: 'privacy_desk' })
    expect(desk.asked.flatMap(({ answer }) => answer.error ?? [])).toEqual([])
  })

  it('what happens is told in the thread of the card', async () => {
    const desk = await aDesk()

    await desk.request()
    await desk.requesterAnswers()

    const [card, ...told] = await desk.thread()
    expect(card?.ts).toBe((await desk.card()).ts)
    expect(told.map(({ text, thread_ts }) => [text, thread_ts])).toEqual([
      [`<@${desk.engineer}> The requester replied on #1. Next: “Answers are in: check them”.`, card?.ts],
    ])
  })

  it('a click decides: the reply, the labels and the close are in GitLab, the card says it', async () => {
    const desk = await aDesk()
    await desk.request()
    await desk.requesterAnswers()

    expect(await desk.click('Fail Verification')).toBe(200)
    const preview = await desk.opened(1)
    if (preview) await desk.submit(preview)

    expect(JSON.stringify(preview?.blocks)).toContain(JSON.stringify(snippet('closed-verification-failed')))
    expect(desk.repliesSent()).toEqual([snippet('closed-verification-failed')])
    expect(desk.world.gitlab.issueView(1).state).toBe('closed')
    expect((await desk.card()).text).toContain('Closed')
  })

  it('a click opens a modal with the trigger that came with it, and its submit decides', async () => {
    const desk = await aDesk()
    await desk.request()
    await desk.requesterAnswers()

    await desk.click('Pass Verification')
    const view = await desk.opened(1)
    if (view) await desk.submit(view, 'Active')

    expect(view?.title.text).toBe('Pass Verification')
    expect((await desk.card()).text).toContain('Ready: start the deletion')
  })

  it('a trigger that was used, or that Slack never gave, opens nothing, and the person is told to click again', async () => {
    const desk = await aDesk()
    await desk.request()
    await desk.requesterAnswers()
    const trigger = await desk.triggerFor(desk.engineer)

    await desk.click('Pass Verification', { trigger })
    await desk.opened(1)
    await desk.click('Pass Verification', { trigger })
    const atFirst = await desk.toldPrivately(1)
    await desk.click('Pass Verification', { trigger: '1.2.3' })
    const told = await desk.toldPrivately(2)

    expect(desk.answersTo('views.open')).toEqual(['ok', 'exchanged_trigger_id', 'invalid_trigger_id'])
    expect(told).toEqual([...atFirst, ...atFirst])
    expect(atFirst[0]).toMatch(/did not open the form in time.*click again/i)
  })

  it('who holds no role by the settings decides nothing, nor does somebody whom Slack does not know', async () => {
    const desk = await aDesk()
    await desk.request()
    await desk.requesterAnswers()

    await desk.click('Fail Verification', { by: desk.member })
    const toMember = await desk.opened(1)
    await desk.click('Fail Verification', { by: 'U00NOBODY', trigger: '1.2.3' })
    await expect.poll(() => desk.answersTo('users.info')).toEqual(['ok', 'user_not_found'])
    await desk.drain()

    expect(JSON.stringify(toMember?.blocks)).toContain(
      'Only a support engineer or a support manager can use Fail Verification.',
    )
    expect([desk.repliesSent(), desk.world.gitlab.issueView(1).state]).toEqual([[], 'opened'])
  })

  it('all of it is done with the scopes of the manifest', async () => {
    const desk = await aDesk()
    await desk.request()
    await desk.requesterAnswers()
    await desk.click('Pass Verification', { trigger: '1.2.3' })
    await desk.toldPrivately(1)
    await desk.click('Fail Verification')
    const preview = await desk.opened(1)
    if (preview) await desk.submit(preview)

    expect([...new Set(desk.asked.map(({ method }) => method))].sort()).toEqual([
      ...['auth.test', 'chat.postEphemeral', 'chat.postMessage', 'chat.update'],
      ...['conversations.list', 'users.info', 'views.open'],
    ])
    expect(desk.asked.flatMap(({ answer }) => answer.error ?? [])).toEqual(['invalid_trigger_id'])
  })

  it('without the scope to read people nobody decides, and the desk goes on', async () => {
    const desk = await aDesk(manifestScopes.filter((scope) => scope !== 'users:read'))
    await desk.request()
    await desk.requesterAnswers()

    const clicked = await desk.click('Fail Verification')
    const told = await desk.opened(1)

    expect([clicked, desk.answersTo('users.info')]).toEqual([200, ['missing_scope']])
    expect(told?.title.text).toBe('Nothing was done')
    expect([desk.repliesSent(), desk.world.gitlab.issueView(1).state]).toEqual([[], 'opened'])
    expect((await desk.card()).text).toContain('Answers are in: check them')
  })

  it('a card for a channel that is archived comes when the channel is open again', async () => {
    const desk = await aDesk()
    await desk.call('conversations.archive', { channel: desk.channel })
    await desk.request()
    const meanwhile = new Set(desk.answersTo('chat.postMessage'))
    await desk.call('conversations.unarchive', { channel: desk.channel })
    await desk.later()

    expect(meanwhile).toEqual(new Set(['is_archived']))
    expect((await desk.card()).text).toContain('Waiting for the challenge answers')
  })
})
