/**
 * What a page of documentation says of a context in its tables and diagrams, and what the schemas say, in one form: a test
 * that compares the two holds the page to the code.
 */
import { DomainEvent } from "@eventfold/decider"
import type { Schema } from "effect"

/** A table row, cell by cell. What is set in italics stands in it as text. */
export type Row = ReadonlyArray<string>

/** The rows of the tables under a heading of the second or third level, down to the next one; without their rules. */
export const rows = (page: string, heading: string): ReadonlyArray<Row> => {
  const lines = page.split("\n")
  const from = lines.findIndex((line) => line === `## ${heading}` || line === `### ${heading}`) + 1
  if (from === 0) throw new Error(`the page has no heading "${heading}"`)
  const to = lines.findIndex((line, index) => index >= from && /^#{2,3} /u.test(line))
  return lines
    .slice(from, to === -1 ? lines.length : to)
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim().replace(/^_(\w+)_$/u, "$1"))
    )
}

/**
 * Rows in the form of {@link fieldsOf}: their first `lead` cells, and the names set as code in that column, counted from the
 * end where it is negative. A name may have a question mark, when it is optional.
 */
export const fieldsIn = (rows: ReadonlyArray<Row>, column: number, lead: number = 1): ReadonlyArray<Row> =>
  rows.map((cells) => [
    ...cells.slice(0, lead),
    ...[...(cells.at(column) ?? "").matchAll(/`(\w+)\??`/gu)].map(([, name = ""]) => name)
  ])

/** The transitions of the Mermaid diagrams of a page, as `from to by`, sorted; from `none` where they begin. */
export const transitions = (page: string): ReadonlyArray<string> =>
  [...page.matchAll(/^ {2}(\S+) --> (\S+): (\S+)$/gmu)]
    .map(([, from = "", to = "", by = ""]) => `${from === "[*]" ? "none" : from} ${to} ${by}`)
    .toSorted()

/** The schema of a command, an event or a refusal. */
interface Tagged {
  readonly fields: Schema.Struct.Fields & { readonly _tag: { readonly schema: { readonly literal: string } } }
}

/** A row per schema: its name and its own fields, which are all but `_tag`, `occurredAt` and those in `common`. */
export const fieldsOf = (schemas: ReadonlyArray<Tagged>, ...common: ReadonlyArray<string>): ReadonlyArray<Row> =>
  schemas.map(({ fields }) => [fields._tag.schema.literal, ...ownFields(fields, common)])

/** The same for events, with their versions after their names. */
export const versionsOf = (
  events: ReadonlyArray<Tagged & Schema.Top>,
  ...common: ReadonlyArray<string>
): ReadonlyArray<Row> =>
  events.map((event) => [
    event.fields._tag.schema.literal,
    String(DomainEvent.versionOf(event)),
    ...ownFields(event.fields, common)
  ])

const ownFields = (fields: object, common: ReadonlyArray<string>) =>
  Object.keys(fields).filter((field) => !["_tag", "occurredAt", ...common].includes(field))
