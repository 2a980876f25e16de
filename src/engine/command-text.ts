/** Text that GitLab would run: a quick action with the rights of the bot. */

/** Whatever any reader may take for the end of a line. */
export const lineEnd = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/
/** A slash that looks to be first, or is once invisible characters are dropped and wide ones made narrow. */
const slashFirst = /^[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*[/\uff0f]/u

export function beginsWithCommand(text: string): boolean {
  return text.split(lineEnd).some((line) => slashFirst.test(line))
}
