/** `npm run draw-architecture`: draws the picture of the rooms in docs/architecture.md anew. */
import { readFileSync, writeFileSync } from 'node:fs'
import { withPicture } from './rooms-picture.ts'

const page = new URL('architecture.md', import.meta.url)
writeFileSync(page, withPicture(readFileSync(page, 'utf8')))
