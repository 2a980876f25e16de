/** The real bot as a process of its own, which obeys orders and is killed with SIGKILL. */
import type { ChildProcess } from 'node:child_process'
import type { OpenWorld, ProcessOptions } from '../../sandbox/world.ts'
import { firstOrders, type Obeyed, type Order } from './orders.ts'

export interface BotProcess {
  /** Undefined where it could not be started. */
  readonly pid: number | undefined
  /** The port once it is ready; undefined when it has ended before. */
  readonly ready: Promise<number | undefined>
  readonly ended: Promise<Ending>
  isAlive(): boolean
  kill(): void
  /** Stands still from now on (SIGSTOP), goes on (SIGCONT), or is told to stop (SIGTERM). */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void
  /** The number of commits so far; undefined when it has died meanwhile. */
  order(order: Order): Promise<number | undefined>
  /** Everything it has written. */
  output(): string
}

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const preload = new URL('./preload.ts', import.meta.url)

export function startBot(
  world: Pick<OpenWorld, 'startProcess'>,
  orders: readonly Order[] = [],
  env: Readonly<Record<string, string>> = {},
  /** Another version of the bot, where it is not this one. */
  started: Pick<ProcessOptions, 'script'> = {},
): BotProcess {
  const child = world.startProcess({
    ...started,
    preload,
    env: { ...env, [firstOrders]: JSON.stringify(orders) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const written: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => void written.push(text))
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  return {
    pid: child.pid,
    ended,
    ready: Promise.race([portOf(child), ended.then(() => undefined)]),
    isAlive: () => child.exitCode === null && child.signalCode === null,
    kill: () => void child.kill('SIGKILL'),
    signal: (signal) => void child.kill(signal),
    order: orderer(child, ended),
    output: () => written.join(''),
  }
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    let text = ''
    child.stdout?.on('data', (more: string) => {
      text += more
      const ready = /\{[^\n]*"port":(\d+)[^\n]*privacy-desk is ready/.exec(text)
      if (ready) resolve(Number(ready[1]))
    })
  })
}

function orderer(child: ChildProcess, ended: Promise<Ending>): BotProcess['order'] {
  let lastId = 0
  return (order) => {
    lastId += 1
    const id = lastId
    const obeyed = new Promise<number>((resolve) => {
      const listen = (answer: Obeyed) => {
        if (answer.id !== id) return
        child.off('message', listen)
        resolve(answer.commits)
      }
      child.on('message', listen)
    })
    // One that has just died takes no message; its end is what counts.
    child.send({ id, order }, () => {})
    return Promise.race([obeyed, ended.then(() => undefined)])
  }
}
