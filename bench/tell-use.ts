/** Loaded before the bot: tells the parent process, when it asks, what the process holds and has used. */
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuSeconds: (user + system) / 1e6, memoryMb: process.memoryUsage().rss / 1e6 })
})
// The bot ends when it wants to, whoever listens to it.
process.channel?.unref()
