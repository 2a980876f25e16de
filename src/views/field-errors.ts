/** What a person typed into a modal, checked before it goes on. */
import { beginsWithCommand } from '../engine/effects/notes.ts'
import type { Input } from '../engine/event.ts'
import type { DeskRules, Field } from '../engine/flow.ts'

/** A sentence by field, for every field that can't stay so. */
export function fieldErrors(
  fields: readonly Field[],
  input: Input,
  desk: DeskRules,
): Readonly<Record<string, string>> {
  const errors: Record<string, string> = {}
  for (const field of fields) {
    const error = errorOf(field, (input[field.name] ?? '').trim(), desk)
    if (error !== undefined) errors[field.name] = error
  }
  return errors
}

/** What every field would take: asked with it, a decision is refused only for what no field would mend. */
export function acceptedInput(fields: readonly Field[]): Input {
  return Object.fromEntries(
    fields.flatMap((field) => {
      if (field.kind === 'choice') return [[field.name, field.options[0]?.value ?? '']]
      return field.kind === 'text' && !field.optional ? [[field.name, field.draft ?? 'x']] : []
    }),
  )
}

function errorOf(field: Field, value: string, { service, takesCommands }: DeskRules): string | undefined {
  switch (field.kind) {
    case 'choice':
      return field.options.some((option) => option.value === value) ? undefined : 'Choose one.'
    case 'request-number':
      return /^#?[1-9]\d{0,9}$/.test(value) ? undefined : 'Give the number of an issue, for example 123.'
    case 'text':
      if (value === '') return field.optional === true ? undefined : 'Fill this in.'
      return field.isSent && takesCommands && beginsWithCommand(value)
        ? `No line may begin with “/”: ${service} would take it as a command.`
        : undefined
  }
}
