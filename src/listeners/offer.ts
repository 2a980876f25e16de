/** What a modal offers: of each choice only what would be accepted now, tried out before the modal opens. */

import type { Effect } from '../engine/effect.ts'
import type { Input } from '../engine/event.ts'
import type { Field } from '../engine/flow.ts'
import { acceptedInput, type LeftOut } from '../views/field-inputs.ts'
import type { Refused } from './desk.ts'

type Tried = Refused | { readonly effects: readonly Effect[] }

/** The fields of a modal with the options that would be accepted, and those that are missing something outside. */
export interface Offered {
  readonly fields: readonly Field[]
  readonly leftOut: readonly LeftOut[]
  /** What the decision would do with the first of all options. */
  readonly tried: Tried
}

/**
 * Tries out every option of every choice, with what else the modal asks for filled in, or returns the refusal that no
 * field would mend. An option is left out when the decision with it is refused for the option itself, or for what no
 * field mends; what another field would mend, such as a reason that one option needs, is for the modal to say.
 */
export async function offered(
  fields: readonly Field[],
  tryOut: (input: Input) => Promise<Tried>,
): Promise<Offered | Refused> {
  const shown: Field[] = []
  const leftOut: LeftOut[] = []
  let withFirst: Tried | undefined
  for (const field of fields) {
    if (field.kind !== 'choice') {
      shown.push(field)
      continue
    }
    const others = acceptedInput([...shown, ...fields.slice(shown.length)])
    const tried = await Promise.all(
      field.options.map(async (option) => ({
        option,
        answer: await tryOut({ ...others, [field.name]: option.value }),
      })),
    )
    const open = tried.filter(({ answer }) => isOpen(answer, field, fields))
    const [first] = tried
    if (open.length === 0 && first && 'because' in first.answer) return first.answer
    withFirst = open[0]?.answer
    shown.push({ ...field, options: open.map(({ option }) => option) })
    for (const { option, answer } of tried)
      if ('because' in answer && answer.lack && !open.some((one) => one.option === option))
        leftOut.push({ field: field.name, text: option.text, lack: answer.lack })
  }
  const tried = withFirst ?? (await tryOut(acceptedInput(shown)))
  if (!('because' in tried)) return { fields: shown, leftOut, tried }
  if (!fields.some(({ name }) => name === tried.field)) return tried
  // Whether a field may stay empty can hang on what is chosen beside it: then its hint says so.
  const hangsOnChoice = fields.some(({ kind }) => kind === 'choice')
  return { fields: hangsOnChoice ? shown : shown.map((field) => needed(field, tried)), leftOut, tried }
}

/** A field that may be left empty at times, and not now: it says why. */
function needed(field: Field, { because, field: name }: Refused): Field {
  if (field.kind !== 'text' || !field.optional || field.name !== name) return field
  const { optional: _may, ...must } = field
  return { ...must, hint: ['Required.', because, ...(field.hint ? [field.hint] : [])].join(' ') }
}

function isOpen(answer: Tried, { name }: Field, fields: readonly Field[]): boolean {
  if (!('because' in answer)) return true
  return answer.field !== name && fields.some((other) => other.name === answer.field)
}
