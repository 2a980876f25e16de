/** The handbook's labels, as they stand in a team's GitLab project. */
import { type Label, labels } from '../../flows/labels.ts'

/** A team's own name for a label (`labels:` in config/desk.yaml); a label that is not named keeps the handbook's. */
export type LabelNames = Readonly<Partial<Record<Label, string>>>

/** The name that this label bears in the team's GitLab project. */
export function labelName(label: Label, teamNames: LabelNames): string {
  return teamNames[label] ?? label
}

/** The labels of the handbook that an issue bears, in the handbook's order; names of no concern are left out. */
export function readLabels(names: readonly string[], teamNames: LabelNames): readonly Label[] {
  const borne = new Set(names)
  return labels.filter((label) => borne.has(labelName(label, teamNames)))
}

/**
 * The scope of a scoped label, "Awaiting" of "Awaiting::Challenge Answers"; an issue bears one label a scope.
 * GitLab takes all before the last "::": https://docs.gitlab.com/user/project/labels/#nested-scopes
 */
export function labelScope(name: string): string | undefined {
  const end = name.lastIndexOf('::')
  return end > 0 ? name.slice(0, end) : undefined
}

/** The other labels of the same scope among these names: GitLab takes them off when the label is set. */
export function labelsReplacedBy(name: string, names: readonly string[]): readonly string[] {
  const scope = labelScope(name)
  return scope === undefined ? [] : names.filter((other) => other !== name && labelScope(other) === scope)
}

/** The handbook's name of a label that may bear the team's own; any other name stays. */
export function handbookName(name: string, teamNames: LabelNames): string {
  return labels.find((label) => labelName(label, teamNames) === name) ?? name
}
