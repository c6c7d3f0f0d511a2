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

/** A failure of the database, or a counter that a constraint keeps exact. */
export const ofIncrement =
  (operation: string, layout: Layout) =>
  (error: SqlError.SqlError): EventStoreFailure | Projection.CountTooLarge => {
    const { cause } = error.reason
    const constraint = Predicate.hasProperty(cause, "constraint") ? cause.constraint : undefined
    const column = Predicate.isString(constraint) ? exactColumn(layout, constraint) : undefined
    return column === undefined
      ? failure(operation)(error)
      : new Projection.CountTooLarge({ readModel: layout.readModel, field: column.field })
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
