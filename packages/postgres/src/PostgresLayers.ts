/** All ports of the event store on one PostgreSQL database, migrated when the layer is built. */
import type { CommandLog, EventStore, Transaction } from "@eventfold/event-store"
import { Layer } from "effect"
import type { Migrator, SqlClient, SqlError } from "effect/sql"
import * as CommandLogPostgres from "./CommandLogPostgres.ts"
import * as EventStorePostgres from "./EventStorePostgres.ts"
import * as Migrations from "./Migrations.ts"
import * as TransactionPostgres from "./TransactionPostgres.ts"

/** Event store, transaction and command log in the database of the SQL client, embedded or served. */
export const layerPostgres: Layer.Layer<
  EventStore | Transaction | CommandLog,
  Migrator.MigrationError | SqlError.SqlError,
  SqlClient.SqlClient
> = Layer.mergeAll(
  EventStorePostgres.layerPostgres,
  TransactionPostgres.layerPostgres,
  CommandLogPostgres.layerPostgres
).pipe(Layer.provide(Migrations.layer))
