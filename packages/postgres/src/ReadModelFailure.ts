/** What goes wrong with the rows of read models, as the failures of the port. */
import { Projection } from "@eventfold/decider"
import { EventStoreFailure } from "@eventfold/event-store"
import { ReadModelNotReady } from "@eventfold/subscriptions"
import { Effect, Predicate } from "effect"
import type { SqlError } from "effect/sql"
import type { Layout } from "./ReadModelColumns.ts"
import { exactColumn } from "./ReadModelTables.ts"
import { RowRefused } from "./ReadModelValues.ts"
import { failure } from "./StoreFailure.ts"

/** Computes what may refuse a row. */
export const refusable = <A>(operation: string, compute: () => A): Effect.Effect<A, EventStoreFailure> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(compute())
    } catch (error) {
      return error instanceof RowRefused
        ? Effect.fail(new EventStoreFailure({ operation, retryable: false, detail: error.message, cause: error }))
        : Effect.die(error)
    }
  })

/** A failure of the database, or a counter that a constraint keeps exact. What it says of a row's values is left out. */
export const ofChanges =
  (operation: string, layout: Layout) =>
  (error: SqlError.SqlError): EventStoreFailure | Projection.CountTooLarge => {
    const { cause } = error.reason
    const constraint = Predicate.hasProperty(cause, "constraint") ? cause.constraint : undefined
    const column = Predicate.isString(constraint) ? exactColumn(layout, constraint) : undefined
    if (column !== undefined) {
      return new Projection.CountTooLarge({ readModel: layout.readModel, field: column.field })
    }
    const code = Predicate.hasProperty(cause, "code") ? String(cause.code) : ""
    // Of the classes 22 (data) and 23 (constraints) the server quotes the row.
    if (!/^2[23]/u.test(code)) return failure(operation)(error)
    const detail = `the database refused a row of ${layout.readModel} (SQLSTATE ${code})`
    return new EventStoreFailure({ operation, retryable: false, detail, cause: new Error(detail) })
  }

/** A failure of the database, or the view of the rows is not there. */
export const ofReader =
  (operation: string, readModel: string) =>
  (error: SqlError.SqlError): EventStoreFailure | ReadModelNotReady => {
    const { cause } = error.reason
    const missing = Predicate.hasProperty(cause, "code") && cause.code === undefinedTable
    return missing ? new ReadModelNotReady({ readModel }) : failure(operation)(error)
  }

const undefinedTable = "42P01"
