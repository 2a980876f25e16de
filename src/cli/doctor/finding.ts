import { CallFailed } from '../../services/call-failed.ts'

/** One line of the doctor: what was looked at, and how to mend it where it is not as it should be. */
export interface Finding {
  /** `missing`: the bot could not work. `warn`: it works, but something will be lacking. */
  readonly verdict: 'ok' | 'missing' | 'warn'
  readonly text: string
  readonly mend?: string
}

export const ok = (text: string): Finding => ({ verdict: 'ok', text })
export const warn = (text: string, mend: string): Finding => ({ verdict: 'warn', text, mend })
export const missing = (text: string, mend: string): Finding => ({ verdict: 'missing', text, mend })

export function lineOf({ verdict, text, mend }: Finding): string {
  return `${verdict.padEnd(8)}${text}${mend === undefined ? '' : `. To mend: ${mend}`}\n`
}

/** What a check found, or that it could not be made; a defect of ours is not hidden. */
export async function look(
  what: string,
  mend: string,
  check: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await check()
  } catch (error) {
    if (error instanceof CallFailed) return [missing(`${what}: ${error.message}`, mend)]
    throw error
  }
}
