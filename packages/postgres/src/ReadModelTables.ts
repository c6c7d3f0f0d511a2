/**
 * The tables of read models: what they are called, and the statements that make them.
 *
 * A generation of a read model has a table, `<name>__<generation>`; readers go through a view that is named after what its
 * rows look like, `<name>__rows_<8 hexadecimal digits>`. Both are in the schema `eventfold_read`. No two of these names are
 * the same, because what follows the last `__` says which it is; none is longer than the 63 letters a name can have.
 *
 * Indexes are made when a generation has been built: keeping them up to date row by row takes longer than all the rest.
 * Each begins with the tenant and ends with the key, so that it serves the order of a page as well; descending, it is
 * read backwards. Where null can be, null comes last both ways, which one index cannot serve: there are two.
 */
import type { AnyReadModel } from "@eventfold/subscriptions"
import type { Column, Layout } from "./ReadModelColumns.ts"

/** A name of the schema, quoted. */
export const qualified = (name: string): string => `eventfold_read.${quoted(name)}`

/** The table of a generation, without its schema. */
export const tableName = (readModel: string, generation: number): string => `${readModel}__${generation}`

/** The view of rows with this fingerprint, without its schema. */
export const viewName = (readModel: string, rowsFingerprint: string): string =>
  `${readModel}__rows_${rowsFingerprint.slice(0, 8)}`

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** The names of columns, quoted. */
export const names = (columns: ReadonlyArray<Column>): ReadonlyArray<string> => columns.map(({ name }) => quoted(name))

/** The statement that makes an empty table. */
export const createTable = (layout: Layout, readModel: AnyReadModel, generation: number): string => {
  const columns = layout.columns.map(
    ({ conversion, name, nullable }) => `${quoted(name)} ${conversion.type}${nullable ? "" : " not null"}`
  )
  const exact = layout.columns.flatMap(({ conversion, name }, index) =>
    conversion.type === "int8"
      ? [
          `constraint ${exactName(index)} check (${quoted(name)} between ${-Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER})`
        ]
      : []
  )
  const key = `primary key (tenant, ${names(layout.key).join(", ")})`
  const parts = ['tenant text collate "C" not null', ...columns, ...exact, key]
  return `create table ${qualified(tableName(readModel.name, generation))} (${parts.join(", ")})`
}

/** The statements that make what readers need: indexes besides that of the key, and what plans are made by. */
export const finishTable = (layout: Layout, readModel: AnyReadModel, generation: number): ReadonlyArray<string> => {
  const table = qualified(tableName(readModel.name, generation))
  return [...indexes(layout, readModel).map((index) => `create index on ${table} ${index}`), `analyze ${table}`]
}

/** The name of the constraint that keeps the whole numbers of a column exact. */
const exactName = (index: number): string => `exact_${index}`

/** The column whose numbers such a constraint keeps exact. */
export const exactColumn = (layout: Layout, constraint: string): Column | undefined =>
  layout.columns.find((_, index) => exactName(index) === constraint)

/** Rows in the order of the columns, under the name readers know. */
export const createView = (layout: Layout, view: string, table: string): string =>
  `create or replace view ${qualified(view)} as
    select r.tenant, ${names(layout.columns)
      .map((name) => `r.${name}`)
      .join(", ")} from ${qualified(table)} r`

const indexes = (layout: Layout, { indexes: declared, searchable }: AnyReadModel): ReadonlyArray<string> => {
  const lists = declared.flatMap((fields) => {
    const given = fields.flatMap((field) => layout.byField.get(field) ?? [])
    const columns = [...given, ...layout.key.filter((column) => !given.includes(column))]
    const up = `(tenant, ${names(columns).join(", ")})`
    const down = columns.map((column) => `${quoted(column.name)}${column.nullable ? " desc nulls last" : " desc"}`)
    return columns.some(({ nullable }) => nullable) ? [up, `(tenant, ${down.join(", ")})`] : [up]
  })
  const tokens = layout.columns.filter(
    ({ conversion, field }) => conversion.kind === "tokens" && searchable.includes(field)
  )
  return [...new Set(lists), ...tokens.map(({ name }) => `using gin (${quoted(name)})`)]
}
