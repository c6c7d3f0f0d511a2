import { join } from "node:path"
import * as ForgettingContract from "@eventfold/testing/ForgettingContract"
import * as ForgottenLedgerContract from "@eventfold/testing/ForgottenLedgerContract"
import * as KeyStorageContract from "@eventfold/testing/KeyStorageContract"
import { Effect, Layer } from "effect"
import * as AuditPostgres from "../src/AuditPostgres.ts"
import { ForgottenLedgerFile, ForgottenLedgerPostgres, KeyStoragePostgres, Migrations } from "../src/index.ts"
import * as TransactionPostgres from "../src/TransactionPostgres.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const ports = Layer.mergeAll(
  AuditPostgres.layerPostgres,
  KeyStoragePostgres.layerPostgres,
  ForgottenLedgerPostgres.layerPostgres,
  TransactionPostgres.layerPostgres
).pipe(Layer.provide(Migrations.layer))

const onServer = ports.pipe(Layer.provide(PostgresDatabase.layer))
KeyStorageContract.suite("KeyStorage on PostgreSQL", onServer)
ForgottenLedgerContract.suite("ForgottenLedger on PostgreSQL", onServer)
ForgettingContract.suite("Forgetting on PostgreSQL", onServer)

const embedded = ports.pipe(Layer.provide(PreparedDatabase.layer()))
KeyStorageContract.suite("KeyStorage on the embedded database", embedded)
ForgottenLedgerContract.suite("ForgottenLedger on the embedded database", embedded)
ForgettingContract.suite("Forgetting on the embedded database", embedded)

const inFile = Layer.unwrap(
  Effect.map(temporaryDirectory, (directory) => ForgottenLedgerFile.layer(join(directory, "forgotten.jsonl")))
)
ForgottenLedgerContract.suite("ForgottenLedger in a file", inFile)
ForgettingContract.suite("Forgetting with a ledger in a file", Layer.merge(onServer, inFile))
