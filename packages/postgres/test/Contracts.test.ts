import * as ArchiveContract from "@eventfold/testing/ArchiveContract"
import * as AuditContract from "@eventfold/testing/AuditContract"
import * as CommandLogContract from "@eventfold/testing/CommandLogContract"
import * as EventRepairsContract from "@eventfold/testing/EventRepairsContract"
import * as EventStoreContract from "@eventfold/testing/EventStoreContract"
import * as SnapshotStoreContract from "@eventfold/testing/SnapshotStoreContract"
import * as HistoryContract from "@eventfold/testing/HistoryContract"
import * as SubscriptionContract from "@eventfold/testing/SubscriptionContract"
import { Subscriptions } from "@eventfold/subscriptions"
import { Layer } from "effect"
import { layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

const onServer = layerPostgres.pipe(Layer.provide(PostgresDatabase.layer))
EventStoreContract.suite("EventStore on PostgreSQL", onServer)
CommandLogContract.suite("CommandLog on PostgreSQL", onServer)
EventRepairsContract.suite("EventRepairs on PostgreSQL", onServer)
ArchiveContract.suite("Archive on PostgreSQL", onServer)
AuditContract.suite("Audit on PostgreSQL", onServer)
HistoryContract.suite("History on PostgreSQL", onServer)
SnapshotStoreContract.suite("SnapshotStore on PostgreSQL", onServer)

const database = PreparedDatabase.shared()
const embedded = layerPostgres.pipe(Layer.provide(database))
EventStoreContract.suite("EventStore on the embedded database", embedded)
CommandLogContract.suite("CommandLog on the embedded database", embedded)
EventRepairsContract.suite("EventRepairs on the embedded database", embedded)
ArchiveContract.suite("Archive on the embedded database", embedded)
AuditContract.suite("Audit on the embedded database", embedded)
HistoryContract.suite("History on the embedded database", embedded)
SnapshotStoreContract.suite("SnapshotStore on the embedded database", embedded)

const following = Subscriptions.layer.pipe(Layer.provideMerge(layerPostgres))
SubscriptionContract.suite("Subscriptions on PostgreSQL", following.pipe(Layer.provide(PostgresDatabase.layer)))
SubscriptionContract.suite("Subscriptions on the embedded database", following.pipe(Layer.provide(database)))
