/** Stands between the bot and its PostgreSQL, and loses answers or takes its time. */
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Between {
  /** The database's address through here. */
  readonly url: string
  /** The n-th statement from now on that matches is carried out, and the connection breaks before its answer comes. */
  loseAnswerTo(statement: RegExp, nth: number): void
  /** Who is connected hears nothing more, and is told nothing; whoever connects from then on is served. */
  fallSilent(): void
  /** Each answer comes so many milliseconds later. */
  slowBy(ms: number): void
  /** True where an answer was lost since that was asked for. */
  wasLost(): boolean
}

export async function between(databaseUrl: string): Promise<Between> {
  const target = new URL(databaseUrl)
  let losing: { readonly statement: RegExp; left: number } | undefined
  let lost = false
  let slowMs = 0
  let silences = 0
  const open = new Set<Socket>()

  const server = createServer((bot) => {
    const database = connect(Number(target.port), target.hostname)
    let isLosing = false
    const silencesBefore = silences
    const end = () => {
      bot.destroy()
      database.destroy()
    }
    for (const socket of [bot, database]) {
      open.add(socket)
      socket.on('error', end).on('close', () => {
        open.delete(socket)
        end()
      })
    }
    bot.on('data', (bytes) => {
      if (silences > silencesBefore) return
      if (losing?.statement.test(bytes.toString('latin1'))) {
        losing.left -= 1
        if (losing.left === 0) {
          isLosing = true
          losing = undefined
        }
      }
      database.write(bytes)
    })
    database.on('data', (bytes) => {
      if (silences > silencesBefore) return
      if (isLosing) {
        lost = true
        return end()
      }
      if (slowMs === 0) return void bot.write(bytes)
      const late = setTimeout(() => bot.write(bytes), slowMs)
      bot.once('close', () => clearTimeout(late))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')
  return {
    url: Object.assign(new URL(databaseUrl), { port: String(address.port) }).href,
    loseAnswerTo(statement, nth) {
      losing = { statement, left: nth }
      lost = false
    },
    fallSilent() {
      silences += 1
    },
    slowBy(ms) {
      slowMs = ms
    },
    wasLost: () => lost,
  }
}
