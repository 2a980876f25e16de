/** How often everything else of this process has had its turn while something was done. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let isOver = false
  const next = () => {
    if (isOver) return
    turns += 1
    setImmediate(next)
  }
  setImmediate(next)
  await work()
  isOver = true
  return turns
}
