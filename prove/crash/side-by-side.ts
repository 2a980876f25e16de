/** Works off a list with so many at the same time. */
export async function sideBySide<T>(
  lanes: number,
  all: readonly T[],
  work: (one: T) => Promise<void>,
): Promise<void> {
  const next = all.values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let one = next.next(); !one.done; one = next.next()) await work(one.value)
    }),
  )
}
