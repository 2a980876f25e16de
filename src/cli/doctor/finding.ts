import { CallFailed } from '../../services/call-failed.ts'

/** One line of the doctor: what was looked at, and how to mend it where it is not as it should be. */
export interface Finding {
  /** `problem`: the bot could not work. `warn`: it works, but something will be lacking. */
  readonly verdict: 'ok' | 'problem' | 'warn'
  readonly text: string
  readonly mend?: string
}

/** A finding that is as it should be. */
export const ok = (text: string): Finding => ({ verdict: 'ok', text })
/** A finding that takes something away while the bot still works; `mend` says what to do. */
export const warn = (text: string, mend: string): Finding => ({ verdict: 'warn', text, mend })
/** A finding without which the bot can't work; `mend` says what to do. */
export const problem = (text: string, mend: string): Finding => ({ verdict: 'problem', text, mend })

/** Writes a finding as the doctor's line of output. */
export function lineOf({ verdict, text, mend }: Finding): string {
  return `${verdict.padEnd(8)}${text}${mend === undefined ? '' : `. Fix: ${mend}`}\n`
}

/** Returns a number with its noun: `1 warning`, `2 warnings`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Makes a check, and turns a failed call into a finding that it could not be made. A defect of ours is thrown on. */
export async function look(
  what: string,
  mend: string,
  check: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof CallFailed) return [problem(`${what}: ${error.message}`, mend)]
    throw error
  }
}
