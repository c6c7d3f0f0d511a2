/**
 * A list of orders projected by Emmett: its consumer of the PostgreSQL event store feeds a projection of raw SQL, one
 * statement an event, as its documentation shows. The columns are those of eventfold's list.
 *
 * It pulls as many events at a time as eventfold does, and does not rest in between: its defaults, a hundred events and
 * 50 ms, would keep it below 2,000 events a second.
 */
import { Predicate } from "effect"
import type { Load } from "./Modules.ts"
import type { OrderProjection, PeerEvent } from "./Peer.ts"

const table = `create table order_list (
  order_id text primary key, customer_id text not null, status text not null, currency text not null,
  total bigint not null, line_count int not null, placed_at timestamptz, updated_at timestamptz not null, version int not null)`

const indexes = ["(customer_id)", "(status)", "(currency, total)", "(total)", "(placed_at)", "(customer_id, placed_at)"]

const statuses = new Map([
  ["OrderApproved", "approved"],
  ["OrderShipped", "shipped"],
  ["OrderDelivered", "delivered"]
])

/** How the log is projected; `append` appends to its store. */
export const make = (
  load: Load,
  url: string,
  append: (stream: string, events: ReadonlyArray<PeerEvent>) => Promise<{ readonly lastEventGlobalPosition: bigint }>
): OrderProjection => {
  const { postgreSQLEventStoreConsumer, postgreSQLRawSQLProjection } = load("@event-driven-io/emmett-postgresql")
  const { sql } = load("@event-driven-io/dumbo")
  const { Pool } = load("pg")
  let runs = 0
  /** The position before the first order: what other measures have stored is not read. */
  let first: bigint | undefined
  return {
    append: async (orderId, events) => {
      const { lastEventGlobalPosition } = await append(`order-${orderId}`, events)
      const before = lastEventGlobalPosition - BigInt(events.length)
      if (first === undefined || before < first) first = before
    },
    project: async () => {
      const pool = new Pool({ connectionString: url, max: 1 })
      await pool.query("drop table if exists order_list")
      await pool.query(table)
      for (const columns of indexes) await pool.query(`create index on order_list ${columns}`)
      const projection = postgreSQLRawSQLProjection({
        name: "order_list",
        canHandle: ["OrderDrafted", "ItemAdded", "OrderPlaced", ...statuses.keys()],
        evolve: ({ data, metadata, type }) => {
          const [id, version, at] = [data["orderId"], String(metadata.streamPosition), data["occurredAt"]]
          const total = Predicate.hasProperty(data["total"], "amount") ? data["total"].amount : undefined
          switch (type) {
            case "OrderDrafted":
              return sql(
                `insert into order_list values (%L, %L, 'draft', %L, 0, 0, null, %L, %L) on conflict do nothing`,
                id,
                data["customerId"],
                data["currency"],
                at,
                version
              )
            case "ItemAdded":
              return sql(
                `update order_list set total = %L, line_count = %L, updated_at = %L, version = %L where order_id = %L and version < %L`,
                total,
                data["lineCount"],
                at,
                version,
                id,
                version
              )
            case "OrderPlaced":
              return sql(
                `update order_list set status = 'placed', total = %L, placed_at = %L, updated_at = %L, version = %L where order_id = %L and version < %L`,
                total,
                at,
                at,
                version,
                id,
                version
              )
            default:
              return sql(
                `update order_list set status = %L, updated_at = %L, version = %L where order_id = %L and version < %L`,
                statuses.get(type),
                at,
                version,
                id,
                version
              )
          }
        }
      })
      const consumer = postgreSQLEventStoreConsumer({
        connectionString: url,
        stopWhen: { noMessagesLeft: true },
        pulling: { batchSize: 4096, pullingFrequencyInMs: 0 }
      })
      // A processor of another name has no checkpoint.
      runs += 1
      consumer.projector({
        processorId: `order_list_${process.pid}_${runs}`,
        projection,
        startFrom: { lastCheckpoint: first ?? 0n }
      })
      await consumer.start()
      await consumer.close()
      const { rows } = await pool.query(
        "select count(*)::int as count from order_list where status = 'delivered' and version = 7"
      )
      await pool.end()
      return Number(rows[0]?.["count"])
    }
  }
}
