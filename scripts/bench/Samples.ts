/** What the measures write and read: two kinds of events of about 300 bytes, and stores filled with them. */
import {
  EventCodec,
  EventId,
  EventStore,
  EventStoreFailure,
  ExpectedVersion,
  type NewEvent,
  StreamId
} from "@eventfold/event-store"
import { OrderEvents } from "@eventfold/domain-ordering"
import { Money, OrderId, Percentage, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime, Effect, Stream } from "effect"
import { account, type AccountEvent } from "./Account.ts"

/** The business time of all samples. */
export const occurredAt = DateTime.makeUnsafe("2026-01-15T12:00:00Z")

const memo =
  "Standing order for the office in the old harbour, third floor; please ring the bell of the bakery next door."

const deposited = (amount: number): AccountEvent => ({
  _tag: "MoneyDeposited",
  occurredAt,
  amount,
  currency: "EUR",
  reference: "RF18 5390 0754 7034 8231 0044 7712",
  memo
})

/** What a deposit says. */
export const deposit = { amount: 1234, currency: "EUR", reference: "RF18 5390 0754 7034 8231 0044 7712", memo }

/** The payload of the floors: the same bytes that eventfold stores. */
export const payload = JSON.stringify(deposit)

/** Both sides make as many ids, in the same way. */
export const uuid = () => EventId.make(Math.floor(performance.timeOrigin + performance.now()))

/** A stream that does not exist yet. */
export const newStream = (category: string) => StreamId.make("bench", category, uuid())

const deposits = EventCodec.make(account.Event)
/** The codec of the events of an order, as the order service has it. */
export const orders = EventCodec.make(OrderEvents.OrderEvent)

/** As a decision gives it to all its events. */
const metadata = { actor: "bench" }

/** Encoded events with ids of their own. */
export const fresh = (encoded: ReadonlyArray<EventCodec.EncodedEvent>): ReadonlyArray<NewEvent> =>
  encoded.map((event) => ({ ...event, id: uuid(), metadata }))

/** Deposits to append. */
export const newDeposits = (count: number) =>
  Effect.map(
    deposits.encode(
      Array.from({ length: count }, (_, index) => deposited(index + 1)),
      "bench"
    ),
    fresh
  )

const price = Money.NonNegativeMoney.make({ amount: 1840, currency: "EUR" })
const itemAdded = (line: number): OrderEvents.OrderEvent =>
  OrderEvents.ItemAdded.make({
    orderId: OrderId.fromUuid(uuid()),
    occurredAt,
    productId: ProductId.fromUuid(uuid()),
    productName: "Chai, first flush, in a box of 24 bags",
    quantity: Quantity.Quantity.make(3),
    unitPrice: price,
    discount: Percentage.Percentage.make(0),
    lineCount: line,
    total: price
  })

/** Items of orders to append: identifiers, money, a quantity, a percentage. */
const newItems = (count: number) =>
  Effect.map(
    orders.encode(
      Array.from({ length: count }, (_, index) => itemAdded(index + 1)),
      "bench"
    ),
    fresh
  )

/** The JSON of one of them, for others who store the same. */
export const itemPayload = Effect.map(newItems(1), ([item]) => JSON.stringify(item?.data))

/** Fills a stream that does not exist yet. */
export const fill = (stream: StreamId.StreamId, count: number, make: typeof newDeposits | typeof newItems) =>
  Effect.gen(function* () {
    const store = yield* EventStore
    if ((yield* Stream.runCount(store.read(stream, { limit: 1 }))) > 0) return
    for (let done = 0; done < count; done += 1000) {
      yield* store.append(stream, ExpectedVersion.Any, yield* make(Math.min(1000, count - done)))
    }
  })

/** The stream of a thousand items. */
export const longStream = StreamId.make("bench", "order", "thousand")
/** Fills it. */
export const fillLong = fill(longStream, 1000, newItems)

/** Fills the log with items in streams of a thousand, one behind the other; answers the position before the first. */
export const fillLog = Effect.fnUntraced(function* (events: number) {
  const store = yield* EventStore
  const { position } = yield* store.append(newStream("mark"), ExpectedVersion.NoStream, yield* newItems(1))
  for (let index = 0; index < events / 1000; index++) {
    yield* fill(StreamId.make("bench", "scanned", String(index)), 1000, newItems)
  }
  return position
})

/** The account that is one of many with ten deposits each. */
export const accountOf = (category: string, index: number) => StreamId.make("bench", category, String(index))

/** Fills so many accounts. */
export const fillAccounts = (category: string, count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, index) => accountOf(category, index)),
    (stream) => fill(stream, 10, newDeposits),
    { concurrency: 16, discard: true }
  )

/** A store that does not hold what was put into it: the figures would be worth nothing. */
export const incomplete = (operation: string, found: number, expected: number) =>
  new EventStoreFailure({ operation, retryable: false, cause: new Error(`read ${found} of ${expected} events`) })
