/**
 * Units of work on PostgreSQL: READ COMMITTED transactions; one inside another joins it by a savepoint, so that a failure
 * that is caught takes back only what the inner one did.
 *
 * A connection that is lost in the middle is a failure that can be tried again: the server has rolled back.
 */
import { Transaction } from "@eventfold/event-store"
import { Cause, Effect, Layer } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { failure } from "./StoreFailure.ts"

/** Units of work over the database of the SQL client. */
export const layerPostgres: Layer.Layer<Transaction, never, SqlClient.SqlClient> = Layer.effect(
  Transaction,
  Effect.map(SqlClient.SqlClient, (sql) =>
    Transaction.make({
      run: <A, E, R>(effect: Effect.Effect<A, E, R>) =>
        // Errors of the body pass as they are, SQL errors of its own included; only begin and commit are ours to translate.
        sql.withTransaction(Effect.mapError(effect, (error) => new OfBody(error))).pipe(
          Effect.catchCause((cause) => Effect.failCause(lostConnection(cause) ?? cause)),
          Effect.mapError((error) => (error instanceof OfBody ? error.error : failure("Transaction.run")(error)))
        )
    })
  )
)

/** The client dies of a rollback that fails, which it does when the connection is gone, and of what failed before it. */
const lostConnection = (cause: Cause.Cause<unknown>): Cause.Cause<SqlError.SqlError> | undefined => {
  if (Cause.hasInterrupts(cause)) return undefined
  const defects = cause.reasons.filter(Cause.isDieReason).map(({ defect }) => defect)
  const ofRollback = defects.find(SqlError.isSqlError)
  return ofRollback === undefined ? undefined : Cause.fail(ofRollback)
}

class OfBody<E> {
  readonly error: E
  constructor(error: E) {
    this.error = error
  }
}
