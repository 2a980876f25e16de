import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'

/** In memory where the system has that: no power fails here, and no write need wait for a disk. */
export const fastFolder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
