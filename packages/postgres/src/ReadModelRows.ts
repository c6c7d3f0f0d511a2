/** The rows of a read model as arrays of values, column by column, and rows of a table as rows of the read model. */
import { PgTypes } from "@effect/sql-pg"
import type { Projection, ReadModel } from "@eventfold/decider"
import { Result, Schema, SchemaAST } from "effect"
import { array } from "./AppendParameters.ts"
import type { Column, Layout } from "./ReadModelColumns.ts"
import { RowRefused } from "./ReadModelValues.ts"

/** The tenants and keys, as parameters. @throws RowRefused */
export const keyParameters = (
  { key }: Layout,
  located: ReadonlyArray<Projection.Located<object>>
): ReadonlyArray<unknown> => [
  array(
    located.map(({ tenant }) => tenant),
    PgTypes.OID.text
  ),
  ...key.map((column) => valuesOf(column, located, (one) => one.key))
]

/** The tenants and rows, as parameters. @throws RowRefused */
export const rowParameters = (
  { columns }: Layout,
  rows: ReadonlyArray<{ readonly tenant: string; readonly row: object }>
): ReadonlyArray<unknown> => [
  array(
    rows.map(({ tenant }) => tenant),
    PgTypes.OID.text
  ),
  ...columns.map((column) => valuesOf(column, rows, ({ row }) => row))
]

const valuesOf = <A>({ conversion, take }: Column, all: ReadonlyArray<A>, of: (one: A) => object) =>
  array(
    all.map((one) => take(of(one))),
    conversion.parameter.oid
  )

/** Makes rows of the values of columns, which begin at a place in the list. It throws `RowRefused` for those that do not fit. */
export const rowReader = <Row extends object, Key extends keyof Row & string>(
  { columns }: Layout,
  { Row, name }: ReadModel.ReadModel<Row, Key>
): ((values: ReadonlyArray<unknown>, from: number) => Row) => {
  // Its columns have looked at each value: of a struct without rules of its own there is nothing more to ask.
  const isPlain = isPlainStruct(Schema.toType(Row).ast)
  const isRow = (_: object): _ is Row => isPlain
  return (values, from) => {
    const row: Record<string, unknown> = {}
    for (const [index, { put }] of columns.entries()) put(row, values[from + index] ?? null)
    if (isRow(row)) return row
    // Rules over several fields, and classes.
    return Result.getOrThrowWith(
      Result.try(() => Row.make(row)),
      () => new RowRefused({ readModel: name, field: "row", rule: "fits-its-schema" })
    )
  }
}

const isPlainStruct = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isObjects(ast) && ast.checks === undefined && ast.indexSignatures.length === 0
