/** `npm run draw-flows`: writes docs/flows anew, the pictures of all flows. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { flows } from '../src/flows/index.ts'
import { flowPages } from './flow-page.ts'

const folder = new URL('flows/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const [file, page] of Object.entries(flowPages(Object.values(flows))))
  writeFileSync(new URL(file, folder), page)
