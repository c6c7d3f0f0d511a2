/**
 * Castore on its PostgreSQL event storage adapter.
 *
 * Gotchas: the adapter makes its own connections, ten of them, and offers neither a setting for their number nor a way to
 * close them. So the store stays open for as long as its process lives.
 */
import type { Load } from "./Modules.ts"
import type { PeerAdapter, PeerEvent, PeerStore } from "./Peer.ts"

/** Castore on the database at `url`. */
export const adapter = (load: Load, url: string): PeerAdapter<PeerStore> => {
  const { EventStore, EventType } = load("@castore/core")
  const { PostgresEventStorageAdapter } = load("@castore/event-storage-adapter-postgres")
  const events = new EventStore({
    eventStoreId: "ACCOUNTS",
    eventTypes: [new EventType({ type: "MoneyDeposited" }), new EventType({ type: "ItemAdded" })],
    reducer: (aggregate, { aggregateId, version }) => ({ ...aggregate, aggregateId, version }),
    eventStorageAdapter: new PostgresEventStorageAdapter({ connectionString: url })
  })
  // To ask for the version 1 is to say that the stream must not exist.
  const push = (stream: string, version: number, { data, metadata, type }: PeerEvent) =>
    events.pushEvent({ aggregateId: stream, version, type, payload: data, metadata })
  const store: PeerStore = {
    append: (stream, event) => push(stream, 1, event),
    fill: async (stream, event, count) => {
      for (let version = 1; version <= count; version++) await push(stream, version, event)
    },
    read: async (stream) => (await events.getEvents(stream)).events.length,
    close: async () => {}
  }
  return {
    prepare: async () => void (await PostgresEventStorageAdapter.createEventTable({ connectionString: url })),
    open: async () => store
  }
}
