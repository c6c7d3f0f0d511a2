import * as ReadModelStoreContract from "@eventfold/testing/ReadModelStoreContract"
import { Layer } from "effect"
import { EmbeddedDatabase, layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
const embedded = layerPostgres.pipe(Layer.provide(EmbeddedDatabase.layer()))
ReadModelStoreContract.suite("rows on the embedded database", embedded)
const onServer = layerPostgres.pipe(Layer.provide(PostgresDatabase.layer))
ReadModelStoreContract.suite("rows on PostgreSQL", onServer)
