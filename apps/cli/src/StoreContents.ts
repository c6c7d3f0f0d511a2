/** What a whole store holds beside its events, as lines for people. */
import type { ExportFormat } from "@eventfold/postgres"

/** How much there is of each kind. */
export interface Contents {
  readonly actions: number
  readonly repairs: number
  readonly archived: number
  readonly forgotten: number
  readonly keys: number
}

/** What there is beside the events; no line when there is nothing. */
export const beside = ({ actions, archived, forgotten, keys, repairs }: Contents): ReadonlyArray<string> => {
  const facts = [
    ...counted(actions, "audited action"),
    ...counted(repairs, "repair"),
    ...counted(archived, "entry of the archive", "entries of the archive"),
    ...counted(forgotten, "forgotten person"),
    ...counted(keys, "key of personal data", "keys of personal data")
  ]
  return facts.length === 0 ? [] : [`beside them: ${facts.join(", ")}`]
}

/** What has to be taken along by hand: the files of the archive, and the master keys. */
export const toTakeAlong = (
  { archived }: Contents,
  masterKeys: ReadonlyMap<string, number> = new Map()
): ReadonlyArray<string> => [
  ...(archived === 0 ? [] : ["the files of the archive are not in it: keep their directory"]),
  ...Array.from(
    masterKeys,
    ([name, keys]) => `the master key ${name} is not in it: without it, ${counted(keys, "key").join()} cannot be used`
  )
]

/** What was left out on purpose. */
export const leftOut = (without: ReadonlyArray<ExportFormat.Part>): ReadonlyArray<string> =>
  without.length === 0 ? [] : [`without: ${without.join(", ")}`]

/** So many of something; nothing for none. */
export const counted = (number: number, one: string, many = `${one}s`): ReadonlyArray<string> =>
  number === 0 ? [] : [`${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`]
