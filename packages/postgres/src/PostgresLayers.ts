/** All ports of the event store on one PostgreSQL database, migrated when the layer is built. */
import {
  AppendParticipants,
  AppendSignal,
  type ArchiveCatalog,
  type Audit,
  type CommandLog,
  type EventRepairs,
  type EventStore,
  type KeyStore,
  type Sealer,
  type SnapshotStore,
  StateCache,
  type Transaction
} from "@eventfold/event-store"
import { ConsumerProgress, type Consumers, type DeadLetters, type ReadModelStore } from "@eventfold/subscriptions"
import type { Documents } from "@eventfold/documents"
import type { Inbox, MessageBroker, MessageSignal } from "@eventfold/messaging"
import type { Timers } from "@eventfold/processes"
import { Layer } from "effect"
import type { SqlClient } from "effect/sql"
import * as ArchiveCatalogPostgres from "./ArchiveCatalogPostgres.ts"
import * as AuditPostgres from "./AuditPostgres.ts"
import * as CommandLogPostgres from "./CommandLogPostgres.ts"
import * as ConsumersPostgres from "./ConsumersPostgres.ts"
import * as DeadLettersPostgres from "./DeadLettersPostgres.ts"
import * as DocumentsPostgres from "./DocumentsPostgres.ts"
import * as EventRepairsPostgres from "./EventRepairsPostgres.ts"
import * as EventStorePostgres from "./EventStorePostgres.ts"
import * as InboxPostgres from "./InboxPostgres.ts"
import * as LogSequence from "./LogSequence.ts"
import * as MessageBrokerPostgres from "./MessageBrokerPostgres.ts"
import * as Migrations from "./Migrations.ts"
import * as Privacy from "./Privacy.ts"
import * as ReadModelStorePostgres from "./ReadModelStorePostgres.ts"
import * as SnapshotStorePostgres from "./SnapshotStorePostgres.ts"
import * as TimersPostgres from "./TimersPostgres.ts"
import * as TransactionPostgres from "./TransactionPostgres.ts"

/** Event store with its signal and participants, the catalogue of its archive, its audit, repairs, snapshots, transaction, command log, the keys of personal data, what the read side keeps (consumers, dead letters, rows), timers, documents, a message broker with its signal and an inbox in the database of the SQL client, and the state cache and the progress of this process's consumers beside it. The environment says where the master key is: see `Privacy`. */
export const layerPostgres: Layer.Layer<
  | EventStore
  | AppendSignal
  | AppendParticipants
  | ArchiveCatalog
  | Audit
  | EventRepairs
  | SnapshotStore
  | StateCache
  | Transaction
  | CommandLog
  | KeyStore
  | Sealer
  | Consumers
  | ConsumerProgress
  | DeadLetters
  | ReadModelStore
  | Timers
  | Documents
  | MessageBroker
  | MessageSignal
  | Inbox,
  Privacy.PrivacyError,
  SqlClient.SqlClient
> = Layer.mergeAll(
  Layer.provideMerge(EventStorePostgres.layerPostgres, Layer.merge(AppendSignal.layer, AppendParticipants.layer)),
  ArchiveCatalogPostgres.layerPostgres,
  AuditPostgres.layerPostgres,
  EventRepairsPostgres.layerPostgres,
  SnapshotStorePostgres.layerPostgres,
  StateCache.layer(),
  TransactionPostgres.layerPostgres,
  CommandLogPostgres.layerPostgres,
  Privacy.layer(),
  ConsumersPostgres.layerPostgres,
  ConsumerProgress.layer,
  DeadLettersPostgres.layerPostgres,
  ReadModelStorePostgres.layerPostgres,
  TimersPostgres.layerPostgres,
  DocumentsPostgres.layerPostgres,
  MessageBrokerPostgres.layerPostgres(),
  Layer.provide(InboxPostgres.layerPostgres, TransactionPostgres.layerPostgres)
).pipe(Layer.provide(LogSequence.layer.pipe(Layer.provideMerge(Migrations.layer))))
