/** The handbook's labels, as they stand in a team's GitLab project. */
import { type Label, labels } from '../../flows/labels.ts'

/** A team's own name for a label (`labels:` in config/desk.yaml); a label that is not named keeps the handbook's. */
export type LabelNames = Readonly<Partial<Record<Label, string>>>

/** The name that this label bears in the team's GitLab project. */
export function labelName(label: Label, teamNames: LabelNames): string {
  return teamNames[label] ?? label
}

/** The handbook's name of a label that may bear the team's own; any other name stays. */
export function handbookName(name: string, teamNames: LabelNames): string {
  return labels.find((label) => labelName(label, teamNames) === name) ?? name
}
