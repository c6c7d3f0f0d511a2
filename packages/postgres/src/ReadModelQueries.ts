/** The questions of readers as statements over the view of a read model's rows. */
import { PgTypes } from "@effect/sql-pg"
import type { Paging, ReadModel, Specification } from "@eventfold/decider"
import { rowsFingerprint } from "@eventfold/subscriptions/RowsFingerprint"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { type Layout, layoutOf } from "./ReadModelColumns.ts"
import { statementsOf } from "./ReadModelStatements.ts"
import { viewName } from "./ReadModelTables.ts"
import * as SpecificationSql from "./SpecificationSql.ts"

/** The view that has the rows of a read model as this program knows them, without its schema. */
export const readersView = <Row extends object, Key extends keyof Row & string>(
  readModel: ReadModel.ReadModel<Row, Key>
): Effect.Effect<string> => Effect.map(rowsFingerprint(readModel), (found) => viewName(readModel.name, found))

/** The rows a checked question asks for: a list of values of the layout's columns each. */
export const findStatement = <Row extends object, Key extends keyof Row & string>(
  sql: SqlClient.SqlClient,
  readModel: ReadModel.ReadModel<Row, Key>,
  view: string,
  tenant: string,
  { order, take, where }: Paging.Question<Row>
): Statement.Statement<object> => {
  const layout = layoutOf(readModel)
  const columns = columnsOf(layout)
  const { select } = statementsOf(layout, view)
  return sql`${sql.literal(select)} where r.tenant = ${tenant} and ${SpecificationSql.where(sql, columns, where)}
    order by ${SpecificationSql.orderBy(sql, columns, order)} limit ${PgTypes.int8(BigInt(take))}`
}

/** How many rows fit: one number. */
export const countStatement = <Row extends object, Key extends keyof Row & string>(
  sql: SqlClient.SqlClient,
  readModel: ReadModel.ReadModel<Row, Key>,
  view: string,
  tenant: string,
  where: Specification.Specification<Row>
): Statement.Statement<object> => {
  const layout = layoutOf(readModel)
  const { count } = statementsOf(layout, view)
  return sql`${sql.literal(count)} where r.tenant = ${tenant} and ${SpecificationSql.where(sql, columnsOf(layout), where)}`
}

/** The columns under the name of the table in all statements, `r`. */
export const columnsOf = ({ byField }: Layout): Pick<SpecificationSql.Columns<never>, "byField"> => ({
  byField: new Map(Array.from(byField, ([field, { name }]) => [field, `r.${name}`]))
})
