import { join } from "node:path"
import * as ForgottenLedgerContract from "@eventfold/testing/ForgottenLedgerContract"
import * as KeyStorageContract from "@eventfold/testing/KeyStorageContract"
import { Effect, Layer } from "effect"
import { ForgottenLedgerFile, ForgottenLedgerPostgres, KeyStoragePostgres, Migrations } from "../src/index.ts"
import * as TransactionPostgres from "../src/TransactionPostgres.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"

const ports = Layer.mergeAll(
  KeyStoragePostgres.layerPostgres,
  ForgottenLedgerPostgres.layerPostgres,
  TransactionPostgres.layerPostgres
).pipe(Layer.provide(Migrations.layer))

const onServer = ports.pipe(Layer.provide(PostgresDatabase.layer))
KeyStorageContract.suite("KeyStorage on PostgreSQL", onServer)
ForgottenLedgerContract.suite("ForgottenLedger on PostgreSQL", onServer)

const embedded = ports.pipe(Layer.provide(PreparedDatabase.layer()))
KeyStorageContract.suite("KeyStorage on the embedded database", embedded)
ForgottenLedgerContract.suite("ForgottenLedger on the embedded database", embedded)

const inFile = Layer.unwrap(
  Effect.map(temporaryDirectory, (directory) => ForgottenLedgerFile.layer(join(directory, "forgotten.jsonl")))
)
ForgottenLedgerContract.suite("ForgottenLedger in a file", inFile)
