/**
 * Changes of rows as three statements at most: one for all rows that become others, one for those that go, one for the
 * counters that go up. Each takes its rows in the order of their ids, so that two that change the same rows wait for each
 * other in one direction.
 */
import { PgTypes } from "@effect/sql-pg"
import { Projection } from "@eventfold/decider"
import type { EventStoreFailure } from "@eventfold/event-store"
import { Effect, Option, Predicate, Result } from "effect"
import type { SqlClient } from "effect/sql"
import type { Layout } from "./ReadModelColumns.ts"
import { ofChanges, refusable } from "./ReadModelFailure.ts"
import { keyParameters, rowParameters } from "./ReadModelRows.ts"
import type { Statements } from "./ReadModelStatements.ts"

const operation = "ReadModelStore.apply"

interface Call {
  readonly statement: string
  readonly parameters: ReadonlyArray<unknown>
}

/** Changes that are made by one statement together with an append. */
export class ForeseenChanges {
  /** The statement whose parameters begin with the number `first`, and how many there are. */
  readonly statement: (first: number) => string
  /** Equal for equal statements. */
  readonly name: string
  /** The first of them; behind them stand the requests of the rows, where each row is of one. */
  readonly parameters: ReadonlyArray<unknown>
  constructor(name: string, statement: (first: number) => string, parameters: ReadonlyArray<unknown>) {
    this.name = name
    this.statement = statement
    this.parameters = parameters
  }
}

/** Prepares changes; undefined when they are not of one kind, when rows are to go, and when one cannot be stored. */
export const foreseenChanges = <Row extends object, Key extends object>(
  layout: Layout,
  table: string,
  statements: Statements,
  changes: ReadonlyArray<Projection.Change<Row, Key>>
): ForeseenChanges | undefined =>
  Result.getOrUndefined(
    Result.try(() => {
      const upserts = changes.filter((change) => change._tag === "Upsert")
      if (upserts.length === changes.length) {
        return new ForeseenChanges(table, statements.foreseenInsert, rowParameters(layout, upserts))
      }
      const increments = changes.filter((change) => change._tag === "Increment")
      if (increments.length < changes.length) return undefined
      const counters = countersOf(layout, increments)
      const [group, ...others] = Result.getOrThrow(groupsOf(layout, counters, increments))
      if (group === undefined || others.length > 0) return undefined
      const name = [table, ...counters.map((counter) => counter.name)].join(" ")
      return new ForeseenChanges(
        name,
        (first) => statements.foreseenIncrement(counters, first),
        groupParameters(layout, group)
      )
    })
  )

/** Makes changes of different rows of a table; all of them or none. */
export const applyChanges = <Row extends object, Key extends object>(
  sql: SqlClient.SqlClient,
  layout: Layout,
  statements: Statements,
  changes: ReadonlyArray<Projection.Change<Row, Key>>
): Effect.Effect<void, EventStoreFailure | Projection.CountTooLarge> =>
  Effect.gen(function* () {
    const calls = yield* Effect.flatMap(
      refusable(operation, () => callsOf(layout, statements, changes)),
      Effect.fromResult
    )
    const all = Effect.forEach(calls, ({ parameters, statement }) => sql.unsafe(statement, parameters), {
      discard: true
    })
    const alone = calls.length > 1 && Option.isNone(yield* Effect.serviceOption(sql.transactionService))
    yield* (alone ? sql.withTransaction(all) : all).pipe(Effect.mapError(ofChanges(operation, layout)))
  })

const callsOf = <Row extends object, Key extends object>(
  layout: Layout,
  statements: Statements,
  changes: ReadonlyArray<Projection.Change<Row, Key>>
): Result.Result<ReadonlyArray<Call>, Projection.CountTooLarge> => {
  const sorted = changes.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const upserts = sorted.filter((change) => change._tag === "Upsert")
  const deletes = sorted.filter((change) => change._tag === "Delete")
  const increments = sorted.filter((change) => change._tag === "Increment")
  return Result.map(incrementCalls(layout, statements, increments), (calls) => [
    ...(upserts.length === 0 ? [] : [{ statement: statements.upsert, parameters: rowParameters(layout, upserts) }]),
    ...(deletes.length === 0 ? [] : [{ statement: statements.remove, parameters: keyParameters(layout, deletes) }]),
    ...calls
  ])
}

type Increment<Row, Key> = Extract<Projection.Change<Row, Key>, { readonly _tag: "Increment" }>

interface Group<Row> {
  readonly begin: ReadonlyArray<number>
  readonly rows: Array<{ readonly tenant: string; readonly row: Row }>
}

/**
 * A row that is not there yet begins with its first counts; one that is there gets what these are above the numbers a row
 * begins with. Those are nearly always the same for all rows, and then this is one statement.
 */
const incrementCalls = <Row extends object, Key extends object>(
  layout: Layout,
  statements: Statements,
  increments: ReadonlyArray<Increment<Row, Key>>
): Result.Result<ReadonlyArray<Call>, Projection.CountTooLarge> => {
  const counters = countersOf(layout, increments)
  return Result.map(groupsOf(layout, counters, increments), (groups) =>
    groups.map((group) => ({
      statement: statements.increment(counters),
      parameters: groupParameters(layout, group)
    }))
  )
}

const countersOf = <Row, Key>({ columns }: Layout, increments: ReadonlyArray<Increment<Row, Key>>) => {
  const counted = new Set<string>()
  for (const { by } of increments) for (const field in by) counted.add(field)
  return columns.filter(({ field }) => counted.has(field))
}

const groupParameters = <Row extends object>(layout: Layout, { begin, rows }: Group<Row>): ReadonlyArray<unknown> => [
  ...rowParameters(layout, rows),
  ...begin.map(PgTypes.float8)
]

const groupsOf = <Row extends object, Key extends object>(
  layout: Layout,
  counters: Layout["columns"],
  increments: ReadonlyArray<Increment<Row, Key>>
): Result.Result<ReadonlyArray<Group<Row>>, Projection.CountTooLarge> => {
  const groups = new Map<string, Group<Row>>()
  for (const { by, initial, tenant } of increments) {
    const row = Projection.added(layout.readModel, initial, by)
    if (Result.isFailure(row)) return Result.fail(row.failure)
    const begin = counters.map(({ field }) => numberAt(initial, field))
    const group = groups.get(begin.join()) ?? { begin, rows: [] }
    groups.set(begin.join(), group)
    group.rows.push({ tenant, row: row.success })
  }
  return Result.succeed(Array.from(groups.values()))
}

const numberAt = (row: object, field: string): number => {
  const value: unknown = Predicate.hasProperty(row, field) ? row[field] : undefined
  return Predicate.isNumber(value) ? value : Number.NaN
}
