import { once } from 'node:events'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { noPolls } from '../../sandbox/services.ts'
import { openWorld } from '../../sandbox/world.ts'

test('a bot that is told to stop while Slack keeps its start waiting stops as ever', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const world = await openWorld({ now: () => new Date(), env: { ...noPolls, LOG_LEVEL: 'info' } })
  const child = world.startProcess({
    env: { PORT: '0', SLACK_API_URL: `http://127.0.0.1:${address.port}/api/` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = child.stdout ? text(child.stdout) : undefined
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    silent.close()
    await world.close()
  })
  await once(silent, 'connection')

  child.kill('SIGTERM')

  expect(await ended).toEqual([0, null])
  expect(await said).toContain('stopping: what is under way is finished first')
})
