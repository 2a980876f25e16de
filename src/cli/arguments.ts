import { type ParseArgsConfig, parseArgs } from 'node:util'
import { Misused } from './io.ts'

/** The options and positionals of a command; whatever it doesn't know is a misuse. */
export function readArguments<T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
  positionals = 0,
) {
  const parsed = parse(args, options)
  if (parsed.positionals.length > positionals) {
    throw new Misused(`Too many arguments: "${parsed.positionals.slice(positionals).join(' ')}"`)
  }
  return parsed
}

function parse<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new Misused(error instanceof Error ? error.message : String(error))
  }
}
