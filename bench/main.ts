/** Times the bot side by side with a bare Bolt app, in one run on one machine. Only the ratios mean something elsewhere. */
import { cpus } from 'node:os'
import { clickTimes } from './click-times.ts'
import { startTimes } from './start-times.ts'
import { table } from './table.ts'

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}\n`)

const starts = await startTimes({ warmUps: 2, rounds: 10 })
console.log(
  table('From process start to ready, ms', [
    ['bare Bolt app', starts.bareBolt],
    ['privacy-desk, /readyz is 200', starts.desk],
  ]),
)

const clicks = await clickTimes({ warmUps: 50, rounds: 400 })
console.log(
  table('From a signed click to its acknowledgement, ms', [
    ['bare Bolt app, nothing stored', clicks.bareBolt],
    ['privacy-desk, stored (SQLite, synchronous=FULL)', clicks.desk],
  ]),
)
console.log(
  `${clicks.stored} of ${clicks.clicked} clicks on privacy-desk were in its inbox when they were acknowledged.`,
)
