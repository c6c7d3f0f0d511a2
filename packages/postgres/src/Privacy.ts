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
import {
  type EventStoreFailure,
  ForgottenLedger,
  type KeyMemoryOptions,
  KeyStore,
  type MasterKeyInvalid,
  MasterKeys,
  Sealer
} from "@eventfold/event-store"
import { type Config, Effect, Layer } from "effect"
import type { Migrator, SqlClient, SqlError } from "effect/sql"
import * as AuditPostgres from "./AuditPostgres.ts"
import { DatabasePlace } from "./DatabasePlace.ts"
import * as ForgottenLedgerFile from "./ForgottenLedgerFile.ts"
import * as ForgottenLedgerPostgres from "./ForgottenLedgerPostgres.ts"
import * as KeyStoragePostgres from "./KeyStoragePostgres.ts"
import * as MasterKeyFile from "./MasterKeyFile.ts"
import * as Migrations from "./Migrations.ts"
import * as PrivacyPlaces from "./PrivacyPlaces.ts"
import * as TransactionPostgres from "./TransactionPostgres.ts"

/** Why the keys of personal data cannot be had. */
export type PrivacyError =
  | Config.ConfigError
  | MasterKeyInvalid
  | EventStoreFailure
  | Migrator.MigrationError
  | SqlError.SqlError

/** Key store and sealer as the environment asks for. Everybody in the ledger is forgotten again before they are there. */
export const layer = (
  options: KeyMemoryOptions = {}
): Layer.Layer<KeyStore | Sealer, PrivacyError, SqlClient.SqlClient> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const [keyFile, file] = [yield* PrivacyPlaces.masterKeyFile, yield* PrivacyPlaces.ledgerFile]
      const inMemory = (yield* DatabasePlace)._tag === "Embedded" && !(yield* PrivacyPlaces.hasMasterKey)
      const masterKeys =
        keyFile !== undefined
          ? MasterKeyFile.layer(keyFile)
          : inMemory
            ? MasterKeys.layerRandom
            : MasterKeys.layerEnvironment
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
