/** Words that were retired from the bot's texts do not come back: docs/words.md. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const src = new URL('../src/', import.meta.url)

/** The retired phrases, each with what is said instead. */
const retired: readonly (readonly [RegExp, string])[] = [
  [/claimed by (nobody|\$\{)/, 'Unassigned, Assigned to'],
  [/\bnow stands at\b|\bstands at “/, 'is at'],
  [/\bas (it|they) stands?\b(?! at)/, 'exactly as written'],
  [/\bclocks are (not )?on hold\b|\bput on hold\b|\bon hold since\b/, 'paused'],
  [/[Tt]o mend: /, 'Fix: '],
  [/none of the bot’s/, 'no longer works'],
  [/\bends \$\{|\blast day is today\b|which is today/, 'due Dec 28, due today'],
  [/Evaluating the challenge answers/, 'Answers are in: check them'],
  [/\bWaits for (?:Field Security|the expert team)\b/, 'Needs a reply from, Waiting on'],
  [/exports by themselves/, 'Self-serve export: waiting to hear if it worked'],
  [/\bunder way in the meta issue\b/, 'in progress'],
  [/no answer came, the outcome/, 'No response yet; checking whether it went through'],
  [/Not by the bot, which/, 'Handled in Zendesk, outside Privacy Desk'],
  [/Nothing was reopened/, 'The issue stays closed'],
  [/What comes after it waits: mend/, 'the rest are waiting. Fix the cause'],
  [/^.Can't be read in|:\* it answers \$\{/, 'GitLab has returned 404 for this issue since'],
  [/nothing written yet/, 'no reply yet'],
  [/\bembargoed country\.\* The request can only be closed/, 'Embargoed country: …'],
  [/Holds every clock of|Moves the end of the clock/, 'Pauses all deadlines, Moves the deadline'],
  [/Puts the report on the list/, 'Schedules the report for'],
  [/since this message was drawn/, 'has changed since this was posted'],
  [/does not know (?:this request|#\{|ticket \{)/, 'I’m not tracking'],
  [/Why the clocks end when|Last entries of its log/, 'Deadlines, History'],
  [/may ask this|is for people with a role/, 'Only support engineers … can do that'],
  [/on the bot’s side, so this may not/, 'Something went wrong; your click may not have been saved'],
  [/Everything Zendesk is off here/, 'Zendesk isn’t connected'],
  [/could not be read since|how it stood then/, 'can’t be read since, this is as of then'],
  [/Compliance reports of (?:today|\$\{)/, 'Reports due'],
  [/stands in GitLab\.|asks for guidance/, 'Ada asks Privacy: the question is in an internal note'],
  [/has to be fulfilled by|has to be handled by/, 'is due'],
  [/\bis not open for \$\{/, 'a sentence of its own: what, who may, from when'],
  [/\bis possible for \$\{|\bwill be open\b/, 'opens for #3 on Dec 6, opens when'],
  [/: say why (?:you|it)\b/, 'Explain why you’re'],
  [/\b(?:privacy|field security) person\b/, 'Privacy, Field Security'],
  [/\b(?:has got|have got)\b/, 'already got'],
  [/\bno request that the bot knows\b/, 'I’m not tracking'],
  [/in this order\b/, 'When you confirm'],
  [/\b(?:any more)\b/, 'no longer'],
  [/\bthe bot’s operators\b/i, 'your admins'],
  [/\b(?:has|had) written meanwhile|\bin the bot went wrong, again/, 'replied in the meantime'],
  [/\bbears the mark/, 'is marked as'],
  [/\ball the same\b/, 'anyway'],
  [/\bis not understood\b/, 'I don’t understand'],
  [/\bin the card's thread$/, 'Posts in the thread'],
  [/\bnobody knows (?:how|whether the requester)|see how it stands/, 'I can’t check'],
  [/\bmay not (?:use|do|work with|comment|change)\b/, 'can’t, isn’t allowed to'],
  [/\bwhat stands (?:here|above)\b|\bwhere it stands\b/, 'what it says, at this step'],
  [/\b(?:note that I work on it|take an issue in by hand)\b/, 'assign it to you, start tracking an issue'],
]

/** The strings and templates of a file, without its comments. */
function textsIn(file: string): readonly string[] {
  const code = readFileSync(new URL(file, src), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
  return code.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? []
}

test('the phrases that docs/words.md retired stand in no text of the bot', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const found = files.flatMap((file) =>
    textsIn(file).flatMap((text) =>
      retired.flatMap(([phrase, instead]) =>
        phrase.test(text) ? [`${file}: ${text.slice(0, 120)}: say “${instead}”`] : [],
      ),
    ),
  )

  expect(files.length).toBeGreaterThan(100)
  expect(found).toEqual([])
})

/** What leaves Slack, and what is kept for years, has the whole date; what people read in Slack about now has not. */
const withWholeDates =
  /^(?:engine|services|cli|flows|compose|config)\/|^requests\/card-states\.ts$|^views\/field-inputs\.ts$/

test('no text for Slack writes a day out: it is Dec 19, and not 19 December 2026', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !withWholeDates.test(file),
  )

  const written = files.filter((file) =>
    /\b(?:dayText|instantText|weekdayText)\(/.test(readFileSync(new URL(file, src), 'utf8')),
  )

  expect(written).toEqual([])
})

test('the check finds such a phrase', () => {
  expect(retired.filter(([phrase]) => phrase.test('`#1 now stands at “Closed”`'))).toHaveLength(1)
  expect(retired.filter(([phrase]) => phrase.test("'claimed by nobody'"))).toHaveLength(1)
})
