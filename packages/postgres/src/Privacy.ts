/**
 * The keys of personal data in the database of the SQL client, and what seals and opens with them:
 *
 * - the master key is `EVENTFOLD_MASTER_KEY`; without it, an embedded database in a directory has one in the file
 *   `master-key` there, one in memory a random one, and a server none: then only the storing of personal data fails, and
 *   a program that has any should not start (the order service does not);
 * - the ledger of the forgotten is the table in the database and, where there is one, a file outside of it:
 *   `EVENTFOLD_FORGOTTEN_LEDGER`; without it, an embedded database in `data` has `data-forgotten.jsonl` beside it.
 *
 * Gotcha: a server without `EVENTFOLD_FORGOTTEN_LEDGER` has no ledger that outlives the restoring of an old backup. The
 * file must be one that all processes of the service share, and not be part of that backup.
 */
import { join } from "node:path"
import {
  type EventStoreFailure,
  ForgottenLedger,
  type KeyMemoryOptions,
  KeyStore,
  type MasterKeyInvalid,
  MasterKeys,
  Sealer
} from "@eventfold/event-store"
import { Config, Effect, Layer, Option } from "effect"
import type { Migrator, SqlClient, SqlError } from "effect/sql"
import * as AuditPostgres from "./AuditPostgres.ts"
import { DatabasePlace } from "./DatabasePlace.ts"
import * as ForgottenLedgerFile from "./ForgottenLedgerFile.ts"
import * as ForgottenLedgerPostgres from "./ForgottenLedgerPostgres.ts"
import * as KeyStoragePostgres from "./KeyStoragePostgres.ts"
import * as MasterKeyFile from "./MasterKeyFile.ts"
import * as Migrations from "./Migrations.ts"
import * as TransactionPostgres from "./TransactionPostgres.ts"

/** Why the keys of personal data cannot be had. */
export type PrivacyError =
  | Config.ConfigError
  | MasterKeyInvalid
  | EventStoreFailure
  | Migrator.MigrationError
  | SqlError.SqlError

/** The environment variable with the path of the ledger. */
export const ledgerVariable = "EVENTFOLD_FORGOTTEN_LEDGER"

/** Key store and sealer as the environment asks for. Everybody in the ledger is forgotten again before they are there. */
export const layer = (
  options: KeyMemoryOptions = {}
): Layer.Layer<KeyStore | Sealer, PrivacyError, SqlClient.SqlClient> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const place = yield* DatabasePlace
      const [key, path] = [yield* variable("EVENTFOLD_MASTER_KEY"), yield* variable(ledgerVariable)]
      const directory = place._tag === "Embedded" ? place.directory : undefined
      const masterKeys =
        key !== "" || place._tag === "Server"
          ? MasterKeys.layerEnvironment
          : directory === undefined
            ? MasterKeys.layerRandom
            : MasterKeyFile.layer(join(directory, "master-key"))
      const file = path !== "" ? path : directory === undefined ? undefined : `${directory}-forgotten.jsonl`
      const ledger = file === undefined ? ForgottenLedgerPostgres.layerPostgres : fileAndTable(file)
      return layerOn(masterKeys, ledger, options)
    })
  )

/** Key store and sealer in the database of the SQL client, with a master key and a ledger of their own. */
export const layerOn = <E1, E2, R1, R2>(
  masterKeys: Layer.Layer<MasterKeys, E1, R1>,
  ledger: Layer.Layer<ForgottenLedger, E2, R2>,
  options: KeyMemoryOptions = {}
) =>
  Sealer.layer.pipe(
    Layer.provideMerge(KeyStore.layer(options)),
    Layer.provide([masterKeys, ledger, KeyStoragePostgres.layerPostgres]),
    Layer.provide([AuditPostgres.layerPostgres, TransactionPostgres.layerPostgres]),
    Layer.provide(Migrations.layer)
  )

/** Both of them: the file outlives the database, and the table is where people look things up. */
const fileAndTable = (path: string) =>
  Layer.effect(
    ForgottenLedger,
    Effect.gen(function* () {
      const file = yield* Effect.provide(ForgottenLedger, ForgottenLedgerFile.layer(path))
      const table = yield* Effect.provide(ForgottenLedger, ForgottenLedgerPostgres.layerPostgres)
      return ForgottenLedger.both(file, table)
    })
  )

/** An empty variable counts as unset. */
const variable = (name: string): Effect.Effect<string, Config.ConfigError> =>
  Effect.map(
    Config.option(Config.String(name)),
    Option.getOrElse(() => "")
  )
