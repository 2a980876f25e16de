#!/usr/bin/env node
/** The command line: environment in (from `.env` too), exit code out. */
// First: a Node that is too old does nothing but say so.
import './node-version.js'
import { existsSync } from 'node:fs'
import { run } from './cli/run.ts'
import { clockWith } from './clock.ts'

// `audit export | head` ends before everything is written: no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

if (existsSync('.env')) process.loadEnvFile('.env')

process.exitCode = await run(process.argv.slice(2), process.env, {
  out: process.stdout,
  err: process.stderr,
  ...clockWith(() => new Date()),
  fetch,
  bundle: new URL('../dist/', import.meta.url),
})
