import * as CommandLogContract from "@eventfold/testing/CommandLogContract"
import * as EventStoreContract from "@eventfold/testing/EventStoreContract"
import { Layer } from "effect"
import { EmbeddedDatabase, layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"

const onServer = layerPostgres.pipe(Layer.provide(PostgresDatabase.layer))
EventStoreContract.suite("EventStore on PostgreSQL", onServer)
CommandLogContract.suite("CommandLog on PostgreSQL", onServer)

const embedded = layerPostgres.pipe(Layer.provide(EmbeddedDatabase.layer()))
EventStoreContract.suite("EventStore on the embedded database", embedded)
CommandLogContract.suite("CommandLog on the embedded database", embedded)
