/**
 * How an event store is measured.
 *
 * Before, it has to show that it refuses a second append to a stream that must not exist, and that it reads back what was
 * written: a store that leaves out the work would win.
 */
import { Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import type { OrderProjection, PeerAdapter, PeerEvent, PeerStore } from "./Peer.ts"
import type { Payloads } from "./Protocol.ts"
import { repeat, repeatWarm, type Run, type Runs } from "./Runs.ts"

const Payload = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json))

/** The events of the stream that is read. */
const length = 1000

/** How many orders a peer projects. Few, because a peer may take its time; the rate stays the same. */
const orders = 1500

/** The runs of the event store that `adapter` opens. */
export const make = (adapter: PeerAdapter<PeerStore>): Runs => {
  const long = SecureRandom.uuidV7Unsafe()
  let event: PeerEvent = { type: "MoneyDeposited", data: {}, metadata: { actor: "bench" } }
  let item: PeerEvent = { ...event, type: "ItemAdded" }
  let order: ReadonlyArray<ReadonlyArray<PeerEvent>> = []
  let filled = false

  const decode = (payloads: Payloads) => {
    event = { ...event, data: Schema.decodeSync(Payload)(payloads.payload) }
    item = { ...item, data: Schema.decodeSync(Payload)(payloads.item) }
    order = payloads.order.map((events) =>
      events.map(({ data, type }) => ({ ...event, type, data: Schema.decodeSync(Payload)(data) }))
    )
  }

  /** Orders that are on their way at the same time, as in the log that eventfold projects. */
  const fillOrders = async (list: OrderProjection) => {
    if (filled) return
    const ids = Array.from({ length: orders }, () => SecureRandom.uuidV7Unsafe())
    for (const events of order) {
      const left = [...ids]
      const appender = async () => {
        for (let orderId = left.pop(); orderId !== undefined; orderId = left.pop()) {
          const own = { orderId }
          await list.append(
            orderId,
            events.map((event) => ({ ...event, data: { ...event.data, ...own } }))
          )
        }
      }
      await Promise.all(Array.from({ length: 8 }, appender))
    }
    filled = true
  }

  const project = async (list: OrderProjection) => {
    const count = await list.project()
    if (count !== orders) throw new Error(`its list has ${count} of ${orders} orders`)
  }

  const prove = async (store: PeerStore) => {
    const stream = SecureRandom.uuidV7Unsafe()
    await store.append(stream, event)
    const second = await store.append(stream, event).then(
      () => "accepted",
      () => "refused"
    )
    if (second === "accepted") throw new Error("it appended to a stream that was not to exist")
    await store.fill(long, item, length)
    await readLong(store)
  }

  const readLong = async (store: PeerStore) => {
    const count = await store.read(long)
    if (count !== length) throw new Error(`it read ${count} of ${length} events`)
  }

  const measure = async (store: PeerStore, { callers, measure, seconds }: Run) => {
    switch (measure) {
      case "append-1":
        return await repeatWarm(callers, seconds, 1, () => store.append(SecureRandom.uuidV7Unsafe(), event))
      case "read-stream-1000":
        return await repeatWarm(callers, seconds, length, () => readLong(store))
      case "catch-up-order-list": {
        const { orders: list } = store
        if (list === undefined) throw new Error("it has no projections")
        await fillOrders(list)
        return await repeat(1, seconds, orders * order.flat().length, () => project(list))
      }
      default:
        throw new Error(`an event store has no ${measure}`)
    }
  }

  /** Closes only after a success: a pool waits for connections that a failure has not given back; the process ends then. */
  const using = async <A>(use: (store: PeerStore) => Promise<A>) => {
    const store = await adapter.open()
    const result = await use(store)
    await store.close()
    return result
  }

  return {
    prepare: async (payloads) => {
      decode(payloads)
      await adapter.prepare()
      await using(prove)
    },
    measure: (run) => using((store) => measure(store, run))
  }
}
