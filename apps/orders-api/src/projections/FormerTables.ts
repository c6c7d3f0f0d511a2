/**
 * Drops what versions of the service before this one kept their list of orders in: the schema `orders_api`. What was in it
 * is made again out of the events, as every read model is.
 */
import { Effect, Layer } from "effect"
import { Migrator, SqlClient, type SqlError } from "effect/sql"

const drop = Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe("drop schema if exists orders_api cascade"))

const migrate = Migrator.make({})({
  table: "orders_api_migrations",
  // The numbers before it made those tables; a database that never had them has nothing to drop.
  loader: Migrator.fromRecord({ "0003_drop_order_list": drop })
})

/** Drops them once. */
export const layer: Layer.Layer<never, Migrator.MigrationError | SqlError.SqlError, SqlClient.SqlClient> =
  Layer.effectDiscard(migrate)
