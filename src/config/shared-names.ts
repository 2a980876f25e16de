/** Names in config/desk.yaml that two things share, so that they could not be told apart. */

import { labels } from '../flows/labels.ts'
import { type RequestType, typeNames } from '../flows/request-types.ts'
import { type FormAliases, type FormField, fieldNames } from '../form/form.ts'
import { comparableName } from '../form/form-values.ts'

type Label = (typeof labels)[number]

/** What a team names in config/desk.yaml, beside the names that the bot comes with. */
export interface NamesOfTeam {
  readonly aliases: FormAliases
  readonly labels: Readonly<Partial<Record<Label, string>>>
  readonly expertTeams: readonly { readonly name: string }[]
}

/** One sentence each, with the path in the file. */
export function sharedNamesIn({ aliases, labels: teamLabels, expertTeams }: NamesOfTeam): readonly string[] {
  return [
    ...sharedAliases('fields', fieldNames, aliases.fields),
    ...sharedAliases('types', typeNames, aliases.types),
    ...sharedLabels(teamLabels),
    ...sharedTeams(expertTeams),
  ]
}

/** A name that two fields or types share could be read as neither. */
function sharedAliases<Value extends FormField | RequestType>(
  section: string,
  own: Readonly<Record<Value, readonly string[]>>,
  further: Readonly<Partial<Record<Value, readonly string[]>>>,
): readonly string[] {
  const values = Object.keys(own) as Value[]
  return values.flatMap((value) =>
    (further[value] ?? []).flatMap((name, index) => {
      const known = (other: Value) => [...own[other], ...(further[other] ?? [])].map(comparableName)
      const other = values.find((other) => other !== value && known(other).includes(comparableName(name)))
      return other === undefined
        ? []
        : [`desk.yaml: ${section}.${value}[${index}] is also a name of ${other}`]
    }),
  )
}

/** Two labels under one name could not be told apart when they are read. */
function sharedLabels(teamNames: Readonly<Partial<Record<Label, string>>>): readonly string[] {
  const nameOf = (label: Label) => teamNames[label] ?? label
  return labels.flatMap((label) => {
    if (teamNames[label] === undefined) return []
    const other = labels.find((other) => other !== label && nameOf(other) === nameOf(label))
    return other === undefined
      ? []
      : [`desk.yaml: labels.${JSON.stringify(label)} has the same name as ${JSON.stringify(other)}`]
  })
}

/** Whom an issue is opened with is chosen by the name alone. */
function sharedTeams(teams: NamesOfTeam['expertTeams']): readonly string[] {
  const names = teams.map(({ name }) => comparableName(name))
  return names.flatMap((name, index) => {
    const first = names.indexOf(name)
    return first === index
      ? []
      : [`desk.yaml: expert-teams[${index}].name is also the name of expert-teams[${first}]`]
  })
}
