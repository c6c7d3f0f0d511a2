/**
 * Units of work on PostgreSQL: READ COMMITTED transactions; one inside another joins it by a savepoint, so that a failure
 * that is caught takes back only what the inner one did.
 */
import { Transaction } from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { failure } from "./StoreFailure.ts"

/** Units of work over the database of the SQL client. */
export const layerPostgres: Layer.Layer<Transaction, never, SqlClient.SqlClient> = Layer.effect(
  Transaction,
  Effect.map(SqlClient.SqlClient, (sql) => ({
    run: <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      // Errors of the body pass as they are, SQL errors of its own included; only begin and commit are ours to translate.
      sql
        .withTransaction(Effect.mapError(effect, (error) => new OfBody(error)))
        .pipe(Effect.mapError((error) => (error instanceof OfBody ? error.error : failure("Transaction.run")(error))))
  }))
)

class OfBody<E> {
  readonly error: E
  constructor(error: E) {
    this.error = error
  }
}
