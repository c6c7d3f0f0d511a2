/**
 * Emmett on its PostgreSQL event store.
 *
 * Gotchas: "the stream must not exist" is given as the version 0. The word for it, `STREAM_DOES_NOT_EXIST`, is not
 * checked by the PostgreSQL store of this version: a second append with it goes through.
 */
import type { Load } from "./Modules.ts"
import * as EmmettOrders from "./EmmettOrders.ts"
import { connections, type PeerAdapter, type PeerStore } from "./Peer.ts"

const noStream = { expectedStreamVersion: 0n }
const name = (stream: string) => `account-${stream}`

/** Emmett on the database at `url`. */
export const adapter = (load: Load, url: string): PeerAdapter<PeerStore> => {
  const { getPostgreSQLEventStore } = load("@event-driven-io/emmett-postgresql")
  const { Pool } = load("pg")
  const connect = () => {
    const pool = new Pool({ connectionString: url, max: connections })
    const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } })
    // A pool that is handed in stays open when the store closes.
    return { store, close: () => store.close().then(() => pool.end()) }
  }
  return {
    prepare: async () => {
      const { close, store } = connect()
      await store.schema.migrate()
      await close()
    },
    open: async () => {
      const { close, store } = connect()
      return {
        append: (stream, event) => store.appendToStream(name(stream), [event], noStream),
        fill: (stream, event, count) =>
          store.appendToStream(
            name(stream),
            Array.from({ length: count }, () => event),
            noStream
          ),
        orders: EmmettOrders.make(load, url, (stream, events) => store.appendToStream(stream, events)),
        read: async (stream) => (await store.readStream(name(stream))).events.length,
        close
      }
    }
  }
}
