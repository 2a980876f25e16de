/** Whoever starts the bot with npm stops node itself by stopping npm: the shell between them is replaced, and leaves no orphan. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import project from '../../package.json' with { type: 'json' }

/** In place of the program: says who runs, and ends. */
const saysItsPid = '--import=data:text/javascript,console.log(process.pid),process.exit(0)'

test.each(['start', 'sandbox'] as const)('npm run %s is one process', async (script) => {
  const shell = spawn('sh', ['-c', project.scripts[script]], {
    env: { ...process.env, NODE_OPTIONS: saysItsPid },
    stdio: ['ignore', 'pipe', 'inherit'],
  })

  expect(Number((await text(shell.stdout)).split('\n')[0])).toBe(shell.pid)
})
