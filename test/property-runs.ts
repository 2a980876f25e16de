/** How often a property is tried: `PROPERTY_RUNS=50 npm run test:unit` makes it less while one works; unset, it is all. */
export function propertyRuns(all: number): number {
  return Math.min(all, Number(process.env.PROPERTY_RUNS || all))
}
