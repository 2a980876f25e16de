// Imported before anything else, and in JavaScript, so that a Node that is too old for the rest still reads this: it
// would make the database first and then fail at `Temporal`, or not know what a .ts file is.
import { readFileSync } from 'node:fs'

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const needed = Number.parseInt(engines.node.replace('>=', ''), 10)

if (Number.parseInt(process.versions.node, 10) < needed) {
  console.error(`privacy-desk needs Node ${needed} or newer; this is Node ${process.versions.node}.`)
  process.exit(1)
}
