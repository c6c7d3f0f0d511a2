/**
 * Histories of orders, accounts, stock, reservations, payments, shipments, sales, news, buyers and counted orders, mixed as in one log: random commands, decided as the service decides them.
 *
 * Two tenants have all of it under the same ids. Amounts are of several currencies, events occurred up to a month before or after others that were recorded earlier, and of some events the personal values are gone.
 */
import { Decider, Personal } from "@eventfold/decider"
import { Account, AccountCommands, AccountMoves, TransferId, AccountEvents } from "@eventfold/domain-accounts"
import { CountedOrder, CountEvents } from "@eventfold/domain-analytics"
import { Debtor, DebtorEvents, Sale, SaleEvents } from "@eventfold/domain-billing"
import { Reservation, ReservationEvents, ReservationId, StockEvents, StockItem } from "@eventfold/domain-inventory"
import { NewsEvents, OrderNews } from "@eventfold/domain-notifications"
import {
  Buyer,
  BuyerEvents,
  Order,
  OrderCommands,
  OrderEvents,
  type OrderState,
  type PricedCommand
} from "@eventfold/domain-ordering"
import { Payment, PaymentEvents, PaymentIds } from "@eventfold/domain-payments"
import { Shipment, ShipmentEvents, ShipmentId } from "@eventfold/domain-shipping"
import { AccountId, CustomerId, OrderId, Percentage, PersonName, ProductId, Quantity } from "@eventfold/shared-kernel"
import type { ProjectionLaws } from "@eventfold/testing"
import { DateTime, Effect, Random, Result, Schema } from "effect"
import { reservationCommand, stockCommand } from "./RandomInventory.ts"
import { buyerCommand, countCommand } from "./RandomModels.ts"
import { paymentStep } from "./RandomPayments.ts"
import { newsCommand, saleCommand } from "./RandomSales.ts"
import { shipmentCommand } from "./RandomShipments.ts"

/** Every event of the domain. */
export const events = Schema.Union([
  ...OrderEvents.OrderEvent.members,
  ...AccountEvents.AccountEvent.members,
  ...StockEvents.StockEvent.members,
  ...ReservationEvents.ReservationEvent.members,
  ...PaymentEvents.PaymentEvent.members,
  ...ShipmentEvents.ShipmentEvent.members,
  ...SaleEvents.SaleEvent.members,
  ...DebtorEvents.DebtorEvent.members,
  ...NewsEvents.NewsEvent.members,
  ...BuyerEvents.BuyerEvent.members,
  ...CountEvents.CountEvent.members
])
/** An event of the domain. */
export type Event = typeof events.Type
type Logged = ProjectionLaws.InTenant<Event>

const uuid = (last: number) => `0190f5a2-7c4e-7b1a-9d3f-${String(last).padStart(12, "0")}`
const upTo = (last: number) => Random.nextIntBetween(1, last + 1)
const oneOf = <const A>(first: A, ...others: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, others.length + 1), (index) => [first, ...others][index] ?? first)

const occurredAt = Effect.map(Random.nextIntBetween(-30 * 24, 30 * 24), (hours) =>
  DateTime.add(DateTime.makeUnsafe("2026-03-15T12:00:00Z"), { hours })
)
const currency = oneOf("USD", "EUR", "JPY")
const product = Effect.map(upTo(4), (number) => ({
  productId: ProductId.fromUuid(uuid(100 + number)),
  productName: `Blue product ${number}`
}))
const quantity = Effect.map(upTo(9), (count) => Quantity.Quantity.make(count))
const owner = Effect.map(oneOf("Ada Lovelace", "Grace Hopper"), (name) => PersonName.PersonName.make(name))

/** What could be asked of an order; it may be refused. */
const orderCommand = Effect.fnUntraced(function* (
  id: string,
  order: OrderState.OrderState
): Effect.fn.Return<PricedCommand> {
  const common = { orderId: OrderId.fromUuid(id), occurredAt: yield* occurredAt }
  const kind = (yield* Random.next) < 0.05 ? "cancel" : yield* oneOf(...usual[order.status])
  switch (kind) {
    case "draft": {
      const customerId = CustomerId.fromUuid(uuid(200 + (yield* upTo(3))))
      return { _tag: "DraftOrder", ...common, customerId, currency: yield* currency }
    }
    case "add": {
      const amount = yield* oneOf(0, 333, 33_300, 2_000_000)
      const unitPrice = { amount, currency: order.status === "none" ? yield* currency : order.total.currency }
      const discount = Percentage.Percentage.make(yield* oneOf(0, 1_500, 3_333))
      return { _tag: "AddItem", ...common, ...(yield* product), quantity: yield* quantity, unitPrice, discount }
    }
    case "change": {
      const { productId } = yield* product
      return OrderCommands.ChangeItemQuantity.make({ ...common, productId, quantity: yield* quantity })
    }
    case "remove":
      return OrderCommands.RemoveItem.make({ ...common, productId: (yield* product).productId })
    case "place": {
      const country = yield* oneOf("Germany", "France", "UK")
      const shippingAddress = {
        recipient: yield* owner,
        street: "Luisenstr. 48",
        city: "Bern",
        postalCode: "1",
        country
      }
      return OrderCommands.PlaceOrder.make({ ...common, shippingAddress })
    }
    case "approve":
      return OrderCommands.ApproveOrder.make({ ...common, approvedBy: "Nancy Davolio", notes: "regular" })
    case "ship":
      return OrderCommands.ShipOrder.make({ ...common, trackingNumber: "1Z-10249", carrier: "Speedy Express" })
    case "deliver":
      return OrderCommands.DeliverOrder.make({ ...common, signedBy: yield* owner })
    case "cancel":
      return OrderCommands.CancelOrder.make({
        ...common,
        cancelledBy: "customer",
        by: "Karin",
        reason: "found cheaper"
      })
  }
})

type Kind = "draft" | "add" | "change" | "remove" | "place" | "approve" | "ship" | "deliver" | "cancel"

/** What is mostly asked of an order, by how it stands. */
const usual: Record<OrderState.OrderState["status"], readonly [Kind, ...ReadonlyArray<Kind>]> = {
  none: ["draft"],
  draft: ["add", "add", "change", "remove", "place"],
  placed: ["approve", "approve", "cancel"],
  approved: ["ship", "ship", "cancel"],
  shipped: ["deliver"],
  delivered: ["deliver"],
  cancelled: ["place"]
}

/** What could be asked of an account. */
const accountCommand = Effect.fnUntraced(function* (
  id: string,
  isOpen: boolean
): Effect.fn.Return<AccountCommands.AccountCommand | AccountMoves.AccountMove> {
  const common = { accountId: AccountId.fromUuid(id), occurredAt: yield* occurredAt }
  const money = { amount: yield* oneOf(1, 500, 1_000_001), currency: yield* currency }
  const kind = isOpen ? yield* oneOf("deposit", "deposit", "withdraw", "transfer", "close") : "open"
  switch (kind) {
    case "open":
      return AccountCommands.OpenAccount.make({ ...common, owner: yield* owner, currency: yield* currency })
    case "deposit":
      return AccountCommands.Deposit.make({ ...common, money })
    case "withdraw":
      return AccountCommands.Withdraw.make({ ...common, money })
    case "transfer": {
      const [transferId, other] = [TransferId.TransferId.fromUuid(uuid(1)), AccountId.fromUuid(uuid(9))]
      return yield* oneOf<AccountMoves.AccountMove>(
        AccountMoves.SendMoney.make({ ...common, money, transferId, to: other }),
        AccountMoves.ReceiveMoney.make({ ...common, money, transferId, from: other }),
        AccountMoves.ReturnMoney.make({ ...common, money, transferId, to: other })
      )
    }
    case "close":
      return AccountCommands.CloseAccount.make(common)
  }
})

/** What is gone of an event when its person is forgotten. */
const forgotten = (event: Event): Event => {
  const gone = <A>(personal: Personal.Personal<A>) => Personal.redacted(personal.subject)
  switch (event._tag) {
    case "OrderPlaced":
      return { ...event, shippingAddress: gone(event.shippingAddress) }
    case "OrderDelivered":
      return { ...event, signedBy: gone(event.signedBy) }
    case "AccountOpened":
      return { ...event, owner: gone(event.owner) }
    case "ShipmentRequested":
      return { ...event, destination: gone(event.destination) }
    case "ShipmentDelivered":
      return { ...event, signedBy: gone(event.signedBy) }
    case "BuyerDescribed":
      return { ...event, description: gone(event.description) }
    case "NotificationSent":
      return { ...event, letter: gone(event.letter) }
    default:
      return event
  }
}

/** The events of a stream, and the next ones that a random command leads to. */
const walking = <State, Command, E extends Event, Refusal>(
  decider: Decider.Decider<State, Command, E, Refusal>,
  commandAt: (state: State) => Effect.Effect<Command>
) => {
  let past: ReadonlyArray<E> = []
  return Effect.gen(function* () {
    const decided = Decider.decideAfter(decider, past, yield* commandAt(Decider.fold(decider, past)))
    const next = Result.match(decided, { onFailure: () => [], onSuccess: ({ events }) => events })
    past = [...past, ...next]
    return next
  })
}

/** A history of so many commands. */
export const history = (commands: number): Effect.Effect<ReadonlyArray<Logged>> =>
  Effect.gen(function* () {
    const streams = ["main", "other"].flatMap((tenant) => [
      ...[1, 2, 3].map((number) => {
        const id = uuid(number)
        const next = walking(Order.Order, (order) => orderCommand(id, order))
        return { tenant, category: Order.Order.category, id: OrderId.fromUuid(id), next }
      }),
      ...[1, 2].map((number) => {
        const id = uuid(number)
        const next = walking(Account.Account, ({ status }) => accountCommand(id, status === "open"))
        return { tenant, category: Account.Account.category, id: AccountId.fromUuid(id), next }
      }),
      ...[1, 2].map((number) => {
        const id = uuid(100 + number)
        const next = walking(StockItem.StockItem, (stock) =>
          Effect.flatMap(occurredAt, (at) => stockCommand(id, stock, at))
        )
        return { tenant, category: StockItem.StockItem.category, id: ProductId.fromUuid(id), next }
      }),
      ...[1, 2, 3, 4].map((number) => {
        const id = uuid(number)
        const next = walking(Reservation.Reservation, (reservation) =>
          Effect.flatMap(occurredAt, (at) => reservationCommand(id, reservation, at))
        )
        return { tenant, category: Reservation.Reservation.category, id: ReservationId.fromUuid(id), next }
      }),
      ...[1, 2].map((number) => {
        const id = uuid(number)
        const next = walking(Payment.Payment, (payment) =>
          Effect.flatMap(occurredAt, (at) => paymentStep(id, payment, at))
        )
        return { tenant, category: Payment.Payment.category, id: PaymentIds.PaymentId.fromUuid(id), next }
      }),
      ...[1].map((number) => {
        const id = uuid(number)
        const next = walking(Shipment.Shipment, (shipment) =>
          Effect.flatMap(occurredAt, (at) => shipmentCommand(id, shipment, at))
        )
        return { tenant, category: Shipment.Shipment.category, id: ShipmentId.ShipmentId.fromUuid(id), next }
      }),
      ...[1, 2].map((number) => {
        const id = uuid(number)
        const next = walking(Sale.Sale, (sale) => Effect.flatMap(occurredAt, (at) => saleCommand(id, sale, at)))
        return { tenant, category: Sale.Sale.category, id: OrderId.fromUuid(id), next }
      }),
      ...[1].map((number) => {
        const customerId = CustomerId.fromUuid(uuid(number))
        const next = walking(Debtor.Debtor, () =>
          Effect.map(occurredAt, (at) => ({ _tag: "RegisterDebtor" as const, customerId, occurredAt: at }))
        )
        return { tenant, category: Debtor.Debtor.category, id: customerId, next }
      }),
      ...[1].map((number) => {
        // The same as a customer of the orders.
        const id = uuid(200 + number)
        const next = walking(Buyer.Buyer, () => Effect.flatMap(occurredAt, (at) => buyerCommand(id, at)))
        return { tenant, category: Buyer.Buyer.category, id: CustomerId.fromUuid(id), next }
      }),
      ...[1, 2].map((number) => {
        const id = uuid(number)
        const next = walking(CountedOrder.CountedOrder, () => Effect.flatMap(occurredAt, (at) => countCommand(id, at)))
        return { tenant, category: CountedOrder.CountedOrder.category, id: OrderId.fromUuid(id), next }
      }),
      ...[1].map((number) => {
        const id = uuid(number)
        const next = walking(OrderNews.OrderNews, (news) =>
          Effect.flatMap(occurredAt, (at) => newsCommand(id, news, at))
        )
        return { tenant, category: OrderNews.OrderNews.category, id: OrderId.fromUuid(id), next }
      })
    ])
    const recordedAt = DateTime.makeUnsafe(0)
    const log: Array<Logged> = []
    for (let command = 0; command < commands; command += 1) {
      const stream = streams[yield* Random.nextIntBetween(0, streams.length)]
      if (stream === undefined) continue
      const { category, id, next, tenant } = stream
      const isForgotten = (yield* Random.next) < 0.3
      for (const event of yield* next) {
        log.push({ tenant, category, id, recordedAt, event: isForgotten ? forgotten(event) : event })
      }
    }
    return log
  })
