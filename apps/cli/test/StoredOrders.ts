/** A store of orders and accounts, some of whose events nobody can read. */
import { Account } from "@eventfold/domain-accounts"
import { Order } from "@eventfold/domain-ordering"
import { EventCodec, EventStore, ExpectedVersion, type NewEvent, StreamId } from "@eventfold/event-store"
import { Array as Arr, DateTime, Effect, type Schema } from "effect"
import { SecureRandom } from "effect/crypto"

/** What reads orders. */
export const orders = EventCodec.make(Order.Order.Event)
/** What reads accounts. */
export const accounts = EventCodec.make(Account.Account.Event)

/** The order, which is also that of the guides. */
export const orderId = "order_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e55"
/** Its customer. */
export const customerId = "customer_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e01"
/** The account. */
export const accountId = "account_0190f5a2-7c4e-7b1a-9d3f-2f6f0c1d8e99"
/** The stream of the order. */
export const order = StreamId.make("main", Order.Order.category, orderId)
/** The stream of the account. */
export const account = StreamId.make("main", Account.Account.category, accountId)

/** The id of the event with a number. */
export const eventId = (number: number) => `00000000-0000-7000-8000-00000000000${number}`

const at = DateTime.makeUnsafe("2026-03-02T09:00:00Z")

const event = (number: number, type: string, schemaVersion: number, data: Schema.Json): NewEvent => ({
  id: eventId(number),
  type,
  schemaVersion,
  occurredAt: at,
  data,
  metadata: { actor: number === 1 ? "ada" : "bob", reason: "an order by phone", correlationId: `call-${number}` }
})

/** The data of an event that ships the order. */
export const shipped = (trackingNumber: Schema.Json = "1Z 999") => ({ orderId, trackingNumber, carrier: "Royal Mail" })

/** Positions 1 to 5: an order drafted, shipped as nobody can read it, twice; an account opened in the same way; a thing. */
export const store = Effect.gen(function* () {
  const log = yield* EventStore
  yield* log.append(order, ExpectedVersion.NoStream, [
    event(1, "OrderDrafted", 1, { orderId, customerId, currency: "EUR" })
  ])
  yield* log.append(order, ExpectedVersion.Exact(1), [event(2, "OrderShipped", 1, shipped(17))])
  yield* log.append(order, ExpectedVersion.Exact(2), [event(3, "OrderTeleported", 4, { to: "Mars" })])
  yield* log.append(account, ExpectedVersion.NoStream, [
    event(4, "AccountOpened", 2, { accountId, owner: "Ada Lovelace", currency: "EUR" })
  ])
  yield* log.append(StreamId.make("main", "thing", "t-1"), ExpectedVersion.NoStream, [event(5, "ThingHappened", 1, {})])
  yield* log.append(StreamId.make("acme", "thing", "t-1"), ExpectedVersion.NoStream, [event(6, "ThingHappened", 1, {})])
})

/** The events of a stream. */
export const eventsOf = (stream: StreamId.StreamId) =>
  Effect.flatMap(EventStore, (store) => store.readPage(stream, { direction: "forwards", from: 1, limit: 100 }))

/** So many more events of the thing, of one correlation. */
export const many = Effect.fnUntraced(function* (count: number) {
  const log = yield* EventStore
  const stream = StreamId.make("main", "thing", "t-1")
  const events = Array.from({ length: count }, () => ({
    ...event(5, "ThingHappened", 1, {}),
    id: SecureRandom.uuidV7Unsafe(),
    metadata: { correlationId: "bulk" }
  }))
  for (const chunk of Arr.chunksOf(events, 500)) yield* log.append(stream, ExpectedVersion.Any, chunk)
})
