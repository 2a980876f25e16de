/** Two processes on one database: the second is refused with a sentence, and once the first is dead a new one starts at once. */
import type { DeskOfProcesses } from '../crash/desk-of-processes.ts'
import { count, type Tally } from '../crash/tally.ts'

const refusal = 'Another privacy-desk process has the database'

export async function twoProcesses(desk: DeskOfProcesses, times: number, tally: Tally): Promise<void> {
  for (let time = 0; time < times; time++) {
    await aSecondOne(desk, tally)
    await severalAtOnce(desk, tally)
    tally.runs += 1
  }
}

async function aSecondOne(desk: DeskOfProcesses, tally: Tally): Promise<void> {
  const second = desk.startAnother()
  const port = await second.ready
  if (port !== undefined) {
    tally.letIn.push('a second process on the same database')
    second.kill()
  }
  const { code } = await second.ended
  if (code !== 1) tally.broken.push(`the second process ended with ${code}, not 1`)
  if (!second.output().includes(refusal))
    tally.broken.push(`the second process does not say why: ${second.output().slice(0, 300)}`)
  if (!desk.bot.isAlive()) tally.broken.push('the first process ended when the second came')
  count(tally.reached, 'second process refused')
}

/** The first dies, and three want its place in the same instant: one gets it. */
async function severalAtOnce(desk: DeskOfProcesses, tally: Tally): Promise<void> {
  await desk.kill()
  tally.kills += 1
  const rivals = [0, 1, 2].map(() => desk.startAnother())
  const ports = await Promise.all(rivals.map(({ ready }) => ready))
  const started = ports.filter((port) => port !== undefined).length
  if (started === 0) tally.broken.push('nobody took the place of a process that was killed')
  if (started > 1) tally.letIn.push(`${started} processes on one database`)
  for (const rival of rivals) rival.kill()
  await Promise.all(rivals.map(({ ended }) => ended))
  count(tally.reached, 'three started in the same instant')
  if (!(await desk.start())) tally.broken.push(`after a kill it does not start:\n${desk.bot.output()}`)
  await desk.rest()
}
