/**
 * Loaded before the bot: how long its event loop stood still since it was last asked, told to the parent process.
 * By the clock, and by the processor time of this thread, which a machine with other work to do does not lengthen.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Between two looks; a pause is known to within this. */
const everyMs = 2

const delays = monitorEventLoopDelay({ resolution: everyMs })
let longestCpuMs = 0
let last = cpuMs()

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

setInterval(() => {
  const now = cpuMs()
  longestCpuMs = Math.max(longestCpuMs, now - last)
  last = now
}, everyMs).unref()
delays.enable()

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({
    longestMs: delays.max / 1e6,
    longestCpuMs,
    cpuSeconds: (user + system) / 1e6,
    memoryMb: process.memoryUsage().rss / 1e6,
  })
  delays.reset()
  longestCpuMs = 0
})
// The bot ends when it wants to, whoever listens to it.
process.channel?.unref()
