/** The proofs as tables of Markdown, with everything that went against a promise below. */
import { isProved, type Proof } from './proof.ts'

export function proofTable(proofs: readonly Proof[]): string {
  const rows = proofs.map((proof) => [
    proof.name,
    String(proof.runs),
    seedsText(proof.seeds),
    String(sum(proof.faults)),
    String(proof.kills ?? 0),
    String(proof.badInputs ?? 0),
    String(proof.effectsChecked ?? 0),
    ...[proof.missing, proof.duplicated, proof.letIn, proof.broken].map((list) => String(list.length)),
  ])
  return [
    markdown(
      [
        ...['proof', 'runs', 'seeds', 'faults injected', 'kills survived', 'bad inputs', 'effects checked'],
        ...['missing', 'duplicated', 'let in', 'other promises broken'],
      ],
      rows,
    ),
    owedTable(proofs),
    counts('faults by kind', proofs, ({ faults }) => faults),
    counts('states visited, all there are', proofs, ({ states }) =>
      states === undefined ? undefined : { 'of the model': states },
    ),
    counts('rare paths reached', proofs, ({ reached }) => reached),
    ...proofs.filter((proof) => !isProved(proof)).flatMap(problems),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** `1 to 10, 13, 36`. */
function seedsText(seeds: readonly number[] = []): string {
  const inOrder = seeds.toSorted((one, other) => one - other)
  const ranges = Map.groupBy(inOrder, (seed) => seed - inOrder.indexOf(seed))
  return [...ranges.values()]
    .map((range) => (range.length === 1 ? range[0] : `${range[0]} to ${range.at(-1)}`))
    .join(', ')
}

function counts(
  title: string,
  proofs: readonly Proof[],
  of: (proof: Proof) => Readonly<Record<string, number>> | undefined,
): string {
  const rows = proofs.flatMap((proof) =>
    Object.entries(of(proof) ?? {})
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([what, times]) => [proof.name, what, String(times)]),
  )
  return rows.length === 0 ? '' : markdown(['proof', title, 'times'], rows)
}

function owedTable(proofs: readonly Proof[]): string {
  const rows = proofs.flatMap(({ name, owed = {} }) =>
    Object.entries(owed)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([what, count]) => [name, what, String(count.owed), String(count.found)]),
  )
  return rows.length === 0 ? '' : markdown(['proof', 'owed to people outside', 'owed', 'found'], rows)
}

/** What was never reached is no proof of anything. */
function problems(proof: Proof): readonly string[] {
  const { name, missing, duplicated, letIn, broken, reached = {} } = proof
  const unreached = Object.entries(reached).flatMap(([what, times]) => (times > 0 ? [] : [what]))
  const lists = { missing, duplicated, 'let in': letIn, broken, 'never reached': unreached }
  return Object.entries(lists).flatMap(([what, list]) =>
    list.length === 0
      ? []
      : [
          `${name}, ${what}:\n${list
            .slice(0, 50)
            .map((one) => `- ${one}`)
            .join('\n')}`,
        ],
  )
}

function markdown(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`
  return [
    line(header),
    `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n')
}

function sum(counts: Readonly<Record<string, number>> = {}): number {
  return Object.values(counts).reduce((all, one) => all + one, 0)
}
