import { expect, test } from 'vitest'
import { outgoing } from '../../src/http/outgoing.ts'

/** A network that answers when it is told to, or never: then only its signal ends a call. */
function aNetwork() {
  const asked: string[] = []
  const calls = outgoing((input, init) => {
    asked.push(String(input))
    if (!String(input).endsWith('hangs')) return Promise.resolve(new Response('ok'))
    return new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
    })
  })
  return { asked, calls }
}

test('a round makes no further call once it is to stop, and everything else goes on', async () => {
  const { asked, calls } = aNetwork()
  const round = calls.round(async () => {
    await calls.fetch('http://service/1')
    calls.stopRounds()
    await calls.fetch('http://service/2')
  })

  await expect(round).rejects.toThrow(/aborted/)
  await calls.fetch('http://service/3')

  expect(asked).toEqual(['http://service/1', 'http://service/3'])
})

test('a call in flight, and each after it, is given up as one without an answer', async () => {
  const { asked, calls } = aNetwork()
  const inFlight = calls.fetch('http://service/hangs')

  calls.abandon()

  await expect(inFlight).rejects.toMatchObject({ name: 'AbortError' })
  await expect(calls.fetch('http://service/later')).rejects.toMatchObject({ name: 'AbortError' })
  expect(asked).toEqual(['http://service/hangs'])
})

test('the limit of the call itself holds as before', async () => {
  const { calls } = aNetwork()

  await expect(calls.fetch('http://service/hangs', { signal: AbortSignal.timeout(5) })).rejects.toMatchObject(
    { name: 'TimeoutError' },
  )
})
