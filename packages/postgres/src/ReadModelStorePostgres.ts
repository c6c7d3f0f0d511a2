/**
 * The rows of read models in tables of real columns: see `ReadModelTables.ts` for their names, `ReadModelColumns.ts` for
 * what is in them.
 *
 * Readers ask a view. A switch replaces what is behind it in a transaction, and waits for the statements that are reading
 * it; a statement that comes meanwhile waits for the switch. So each statement sees one generation, and none fails.
 *
 * Gotcha: inside a transaction each question is two statements, because a view that is not there would end the
 * transaction.
 */
import { PgTypes } from "@effect/sql-pg"
import type { Projection, ReadModel } from "@eventfold/decider"
import type { EventStoreFailure } from "@eventfold/event-store"
import { ReadModelNotReady, ReadModelStore, type Table } from "@eventfold/subscriptions"
import { Effect, Layer, Option, Stream } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import * as AppendFence from "./AppendFence.ts"
import * as Generations from "./Generations.ts"
import { applyChanges, foreseenChanges } from "./ReadModelChanges.ts"
import { layoutOf } from "./ReadModelColumns.ts"
import { ofReader, refusable } from "./ReadModelFailure.ts"
import { columnsOf, countStatement, findStatement, readersView } from "./ReadModelQueries.ts"
import { keyParameters, rowReader } from "./ReadModelRows.ts"
import { type Statements, statementsOf } from "./ReadModelStatements.ts"
import { names, qualified, tableName } from "./ReadModelTables.ts"
import * as SpecificationSql from "./SpecificationSql.ts"
import { failure } from "./StoreFailure.ts"

/** The rows of read models in the database of the SQL client; its schema is made by `Migrations`. */
export const layerPostgres: Layer.Layer<ReadModelStore, never, SqlClient.SqlClient> = Layer.effect(
  ReadModelStore,
  Effect.map(SqlClient.SqlClient, (sql) => {
    /** The rows of these keys in a table or view. */
    const located = <Row extends object, Key extends keyof Row & string, E>(
      operation: string,
      readModel: ReadModel.ReadModel<Row, Key>,
      relation: string,
      keys: ReadonlyArray<Projection.Located<Pick<Row, Key>>>,
      problem: (error: SqlError.SqlError) => E
    ) =>
      Effect.gen(function* () {
        const layout = layoutOf(readModel)
        const { load } = statementsOf(layout, relation)
        const parameters = yield* refusable(operation, () => keyParameters(layout, keys))
        const rows = yield* Effect.mapError(sql.unsafe(load, parameters).values, problem)
        return yield* refusable(operation, () => {
          const read = rowReader(layout, readModel)
          const found = new Map<string, Row>()
          for (const row of rows) {
            const key = keys[Number(row[0]) - 1]
            if (key !== undefined) found.set(key.id, read(row, 2))
          }
          return found
        })
      })

    const isOpen = Effect.map(Effect.serviceOption(sql.transactionService), Option.isSome)

    /** Asks the view of a read model, if it is there. */
    const reading = <Row extends object, Key extends keyof Row & string, A>(
      operation: string,
      readModel: ReadModel.ReadModel<Row, Key>,
      ask: (view: string) => Effect.Effect<A, EventStoreFailure | ReadModelNotReady>
    ): Effect.Effect<A, EventStoreFailure | ReadModelNotReady> =>
      Effect.gen(function* () {
        const view = yield* readersView(readModel)
        if (yield* isOpen) {
          const [known] = yield* sql
            .unsafe<{ readonly there: boolean }>(isThere, [qualified(view)])
            .pipe(Effect.mapError(failure(operation)))
          if (known?.there !== true) return yield* new ReadModelNotReady({ readModel: readModel.name })
        }
        return yield* ask(view)
      })

    return ReadModelStore.of({
      ...Generations.make(sql),
      ...AppendFence.make(sql),
      load: (table, keys) => {
        const operation = "ReadModelStore.load"
        if (keys.length === 0) return Effect.succeed(new Map())
        return located(operation, table.readModel, relationOf(table), keys, failure(operation))
      },
      apply: (table, changes) =>
        changes.length === 0
          ? Effect.void
          : applyChanges(sql, layoutOf(table.readModel), statementsFor(table), changes),
      foreseen: (table, changes) =>
        foreseenChanges(layoutOf(table.readModel), relationOf(table), statementsFor(table), changes),
      copy: (from, to, where) => {
        const layout = layoutOf(from.readModel)
        const all = ["tenant", ...names(layout.columns)]
        const [source, target] = [relationOf(from), relationOf(to)].map(qualified)
        const statement = sql`${sql.literal(
          `insert into ${target} (${all.join(", ")}) select ${all.map((name) => `r.${name}`).join(", ")} from ${source} r where `
        )}${SpecificationSql.where(sql, columnsOf(layout), where)}`
        return sql`set local statement_timeout = 0`.pipe(
          Effect.andThen(statement),
          sql.withTransaction,
          Effect.mapError(failure("ReadModelStore.copy")),
          Effect.asVoid
        )
      },
      rows: (table) => allRows(sql, table, statementsFor(table)),
      get: (readModel, keys) => {
        const operation = "ReadModelStore.get"
        return reading(operation, readModel, (view) =>
          located(operation, readModel, view, keys, ofReader(operation, readModel.name))
        )
      },
      find: (readModel, tenant, question) => {
        const operation = "ReadModelStore.find"
        return reading(operation, readModel, (view) =>
          Effect.gen(function* () {
            const rows = yield* Effect.mapError(
              findStatement(sql, readModel, view, tenant, question).values,
              ofReader(operation, readModel.name)
            )
            const read = rowReader(layoutOf(readModel), readModel)
            return yield* refusable(operation, () => rows.map((row) => read(row, 0)))
          })
        )
      },
      count: (readModel, tenant, where) => {
        const operation = "ReadModelStore.count"
        return reading(operation, readModel, (view) =>
          Effect.mapBoth(countStatement(sql, readModel, view, tenant, where).values, {
            onFailure: ofReader(operation, readModel.name),
            onSuccess: ([row]) => Number(row?.[0] ?? 0)
          })
        )
      }
    })
  })
)

const isThere = "select to_regclass($1) is not null as there"

const relationOf = <Row extends object, Key extends keyof Row & string>({ generation, readModel }: Table<Row, Key>) =>
  tableName(readModel.name, generation)

const statementsFor = <Row extends object, Key extends keyof Row & string>(table: Table<Row, Key>): Statements =>
  statementsOf(layoutOf(table.readModel), relationOf(table))

const pageSize = 1000

/** Page by page behind the last tenant and key. */
const allRows = <Row extends object, Key extends keyof Row & string>(
  sql: SqlClient.SqlClient,
  { readModel }: Table<Row, Key>,
  { nextPage, page }: Statements
): Stream.Stream<{ readonly tenant: string; readonly row: Row }, EventStoreFailure> => {
  const operation = "ReadModelStore.rows"
  const layout = layoutOf(readModel)
  const read = rowReader(layout, readModel)
  const limit = PgTypes.int8(BigInt(pageSize))
  return Stream.paginate(Option.none<{ readonly tenant: string; readonly row: Row }>(), (after) =>
    Effect.gen(function* () {
      const behind = yield* refusable(operation, () =>
        Option.map(after, ({ row, tenant }) => keyParameters(layout, [{ tenant, key: row, id: "" }]))
      )
      const found = yield* Effect.mapError(
        sql.unsafe(Option.isNone(behind) ? page : nextPage, [limit, ...Option.getOrElse(behind, () => [])]).values,
        failure(operation)
      )
      const rows = yield* refusable(operation, () =>
        found.map((row) => ({ tenant: String(row[0]), row: read(row, 1) }))
      )
      return [rows, rows.length < pageSize ? Option.none() : Option.map(Option.fromNullishOr(rows.at(-1)), Option.some)]
    })
  )
}
