/** Where processes are killed and started again and again, they are what production starts. */
import { inject } from 'vitest'
import { startProcessesFrom } from '../sandbox/world.ts'

startProcessesFrom(new URL(inject('bundle')))
