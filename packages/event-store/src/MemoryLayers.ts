/** All ports of this package in memory, wired to share their transactions. */
import { Layer } from "effect"
import { AppendParticipants } from "./AppendParticipants.ts"
import { AppendSignal } from "./AppendSignal.ts"
import type { ArchiveCatalog } from "./ArchiveCatalog.ts"
import * as ArchiveCatalogMemory from "./ArchiveCatalogMemory.ts"
import type { Audit } from "./Audit.ts"
import * as AuditMemory from "./AuditMemory.ts"
import { CommandLog } from "./CommandLog.ts"
import type { EventRepairs } from "./EventRepairs.ts"
import * as EventRepairsMemory from "./EventRepairsMemory.ts"
import type { EventStore } from "./EventStore.ts"
import * as EventStoreMemory from "./EventStoreMemory.ts"
import { MemoryLog } from "./MemoryLog.ts"
import type { SnapshotStore } from "./SnapshotStore.ts"
import * as SnapshotStoreMemory from "./SnapshotStoreMemory.ts"
import { StateCache } from "./StateCache.ts"
import { ForgottenLedger } from "./ForgottenLedger.ts"
import { KeyStorage } from "./KeyStorage.ts"
import { KeyStore } from "./KeyStore.ts"
import { MasterKeys } from "./MasterKeys.ts"
import { Sealer } from "./PersonalData.ts"
import { Transaction } from "./Transaction.ts"

/** They end with the process, like what they seal. */
const keys = Sealer.layer.pipe(
  Layer.provideMerge(Layer.orDie(KeyStore.layer())),
  Layer.provide([KeyStorage.layerMemory, ForgottenLedger.layerMemory, MasterKeys.layerRandom]),
  Layer.provide([AuditMemory.layerMemory, Transaction.layerMemory])
)

/** Event store with its signal and participants, the catalogue of its archive, its audit, repairs, snapshots, state cache, transaction, command log, and the keys of personal data in memory: for tests, examples and a first try. */
export const layerMemory: Layer.Layer<
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
> = Layer.mergeAll(
  Layer.provideMerge(EventStoreMemory.layerMemory, Layer.merge(AppendSignal.layer, AppendParticipants.layer)),
  ArchiveCatalogMemory.layerMemory,
  AuditMemory.layerMemory,
  EventRepairsMemory.layerMemory,
  SnapshotStoreMemory.layerMemory,
  StateCache.layer(),
  Transaction.layerMemory,
  CommandLog.layerMemory,
  keys
).pipe(Layer.provide(MemoryLog.layer))
