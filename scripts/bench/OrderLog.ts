/**
 * A log of orders for measures of the read side: many orders that are drafted, filled and placed in one go, and approved,
 * shipped and delivered later, when others have come and gone. So most batches meet an order once or twice, as in a shop.
 */
import { Personal } from "@eventfold/decider"
import { Order, OrderEvents } from "@eventfold/domain-ordering"
import { EventStore, ExpectedVersion, StreamId } from "@eventfold/event-store"
import {
  type Address,
  CustomerId,
  Money,
  OrderId,
  Percentage,
  PersonName,
  ProductId,
  Quantity
} from "@eventfold/shared-kernel"
import { Effect } from "effect"
import * as Samples from "./Samples.ts"

/** How many events an order has. */
export const perOrder = 7

/** The tenant of the log. */
export const tenant = "catch-up"

/** How many orders are on their way at the same time. */
const atOnce = 1000
const customers = Array.from({ length: 1000 }, () => CustomerId.fromUuid(Samples.uuid()))

const price = Money.NonNegativeMoney.make({ amount: 1840, currency: "EUR" })
const nothing = Money.NonNegativeMoney.make({ amount: 0, currency: "EUR" })
const shippingAddress: Address.Address = {
  recipient: "Toms Spezialitäten",
  street: "Luisenstr. 48",
  city: "Münster",
  postalCode: "44087",
  country: "Germany"
}
const signature = PersonName.PersonName.make("Karin Josephs")

const item = () => ({
  productId: ProductId.fromUuid(Samples.uuid()),
  productName: "Chai, first flush, in a box of 24 bags",
  quantity: Quantity.Quantity.make(1),
  unitPrice: price,
  discount: Percentage.Percentage.make(0)
})

const double = Money.NonNegativeMoney.make({ amount: 2 * price.amount, currency: "EUR" })

/** The events of an order, in the appends in which they come. */
export const appendsOf = (orderId: OrderId, number: number) => {
  const customerId = customers[number % customers.length] ?? CustomerId.fromUuid(Samples.uuid())
  const common = { orderId, occurredAt: Samples.occurredAt }
  const [one, two] = [item(), item()]
  const sums = { gross: double, discount: nothing, total: double }
  const lines = [one, two].map((line) => ({ ...line, total: price }))
  return [
    [
      OrderEvents.OrderDrafted.make({ ...common, customerId, currency: "EUR" }),
      OrderEvents.ItemAdded.make({ ...common, ...one, lineCount: 1, total: price }),
      OrderEvents.ItemAdded.make({ ...common, ...two, lineCount: 2, total: double }),
      OrderEvents.OrderPlaced.make({
        ...common,
        lines,
        ...sums,
        shippingAddress: Personal.of(customerId, shippingAddress)
      })
    ],
    [OrderEvents.OrderApproved.make({ ...common, approvedBy: "Nancy Davolio" })],
    [OrderEvents.OrderShipped.make({ ...common, trackingNumber: "1Z-10249", carrier: "Speedy Express" })],
    [OrderEvents.OrderDelivered.make({ ...common, signedBy: Personal.of(customerId, signature) })]
  ] as const
}

/** Where the log of so many orders begins and ends. */
export interface OrderLog {
  readonly orders: number
  /** The position before its first event. */
  readonly from: number
  /** The position of its last one. */
  readonly to: number
}

/** Fills the log with so many orders. Nobody else may append meanwhile. */
export const fill = Effect.fnUntraced(function* (orders: number) {
  const store = yield* EventStore
  const mark = StreamId.make(tenant, "mark", Samples.uuid())
  const { position: from } = yield* store.append(mark, ExpectedVersion.NoStream, yield* Samples.newDeposits(1))
  let to = from
  for (let begun = 0; begun < orders; begun += atOnce) {
    const wave = Array.from({ length: Math.min(atOnce, orders - begun) }, (_, index) => {
      const orderId = OrderId.fromUuid(Samples.uuid())
      return {
        stream: StreamId.make(tenant, Order.Order.category, orderId),
        appends: appendsOf(orderId, begun + index)
      }
    })
    for (const [step, version] of [0, 4, 5, 6].entries()) {
      yield* Effect.forEach(
        wave,
        Effect.fnUntraced(function* ({ appends, stream }) {
          const expected = version === 0 ? ExpectedVersion.NoStream : ExpectedVersion.Exact(version)
          const encoded = yield* Samples.orders.encode(appends[step] ?? [], tenant)
          const { position } = yield* store.append(stream, expected, Samples.fresh(encoded))
          to = Math.max(to, position)
        }),
        { concurrency: 64, discard: true }
      )
    }
  }
  return { orders, from, to } satisfies OrderLog
})

/** The events of one order as others store them: their names, and their data as JSON text. */
export const plainOrder = Effect.sync(() => {
  const orderId = OrderId.fromUuid(Samples.uuid())
  return appendsOf(orderId, 0).map((events) =>
    events.map((event) => {
      const { _tag, ...data } = event
      const known =
        _tag === "OrderPlaced" ? { shippingAddress } : _tag === "OrderDelivered" ? { signedBy: signature } : {}
      return { type: _tag, data: JSON.stringify({ ...data, ...known }) }
    })
  )
})
