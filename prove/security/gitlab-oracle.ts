/** What GitLab may read in a note, judged apart from the code that writes notes: rather too much than too little. */

/** Whatever any reader, or GitLab's own clean-up, takes for the end of a line or drops. */
const readings: readonly ((text: string) => readonly string[])[] = [
  (text) => text.split(/\r\n|[\n\r\v\f\x85\u2028\u2029]/),
  (text) => text.replaceAll('\r', '').split('\n'),
  (text) => text.normalize('NFKC').split(/[\n\r\v\f\x85\u2028\u2029]/),
]
const blank = /^[\s\p{Cc}\p{Cf}\p{Zs}\p{Mn}\u115f\u1160\u2800\u3164\uffa0]*/u

/** The lines that could be run as a quick action: white space or nothing seen, a slash, a letter. */
export function quickActionsIn(text: string): readonly string[] {
  const lines = readings.flatMap((read) => read(text))
  return [...new Set(lines.filter((line) => /^\/\p{L}/u.test(line.replace(blank, ''))))]
}

/** What a quoted text must not do: mention, refer, close, show a picture, or hold HTML. */
export function liveMarkupIn(quoted: string): readonly string[] {
  const text = quoted.replaceAll('&amp;', '\ue000').replaceAll('&lt;', '\ue001')
  const found: string[] = []
  if (/&/.test(text)) found.push('an entity')
  if (/<[!/?a-z]/i.test(text)) found.push('HTML')
  if (/@[\p{L}\p{N}_.-]/u.test(text)) found.push('a mention')
  if (/[#!$%\ue000]\d/.test(text)) found.push('a reference')
  if (/!\[/.test(text)) found.push('a picture')
  return found
}
