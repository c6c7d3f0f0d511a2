/**
 * The shop of the examples of fulfilment: all contexts of the order service, two products, three orders, and people in the
 * warehouse. What fulfils the orders is not here: each example brings its own.
 *
 * Each run has a tenant, products and orders of its own.
 */
import { CardGatewayMemory } from "@eventfold/card-gateway"
import type { Message } from "@eventfold/decider"
import { ProductCommands } from "@eventfold/domain-catalog"
import { Notices, OrderIds } from "@eventfold/domain-fulfilment"
import { Reservation, StockCommands, StockItem } from "@eventfold/domain-inventory"
import { Order, OrderCommands } from "@eventfold/domain-ordering"
import { CardData, Payment } from "@eventfold/domain-payments"
import { Shipment, ShipmentCommands } from "@eventfold/domain-shipping"
import { CommandBus, CommandHandler, StreamId } from "@eventfold/event-store"
import * as CommandHandlers from "@eventfold/orders-api/commands/CommandHandlers"
import * as BetweenContexts from "@eventfold/orders-api/queries/BetweenContexts"
import { CommandSender } from "@eventfold/processes"
import { CustomerId, Money, OrderId, PersonName, ProductId, Quantity } from "@eventfold/shared-kernel"
import { Console, DateTime, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import * as Purses from "./Purses.ts"
import * as ReadSide from "./ReadSide.ts"

/** What handles the commands of all contexts, over a card gateway in memory. */
export const layer = CommandSender.layer.pipe(
  Layer.provideMerge(CommandHandlers.layer),
  Layer.provide([CardGatewayMemory.layerMemory, BetweenContexts.layer]),
  Layer.fresh
)

const orders = CommandHandler.make(Order.Order)
const stock = CommandHandler.make(StockItem.StockItem)
const reservations = CommandHandler.make(Reservation.Reservation)
const payments = CommandHandler.make(Payment.Payment)
const shipments = CommandHandler.make(Shipment.Shipment)
const notices = CommandHandler.make(Notices.Notices)

/** An order, and what it is known by in the story. */
interface Named {
  readonly name: string
  readonly orderId: OrderId
}

/** A shop that has just opened: ten mugs, and two teapots. */
const open = Effect.gen(function* () {
  const tenant = yield* Purses.newTenant
  const newUuid = Effect.sync(() => SecureRandom.uuidV7Unsafe())
  const product = Effect.map(newUuid, ProductId.fromUuid)
  const products = { mug: yield* product, teapot: yield* product }

  const send = Effect.fnUntraced(function* <P extends { readonly _tag: string }, A, F>(
    command: Message.Command<string, P, A, F>,
    payload: (occurredAt: DateTime.Utc) => NoInfer<P>
  ) {
    const bus = yield* CommandBus
    return yield* bus.dispatch(command, { id: yield* newUuid, tenant, payload: payload(yield* DateTime.now) })
  })

  for (const [name, quantity] of [
    ["mug", 10],
    ["teapot", 2]
  ] as const) {
    yield* send(ProductCommands.listProduct, (occurredAt) =>
      ProductCommands.ListProduct.make({
        productId: products[name],
        name,
        price: { amount: 1_250, currency: "EUR" },
        occurredAt
      })
    )
    yield* send(StockCommands.receiveStock, (occurredAt) =>
      StockCommands.ReceiveStock.make({
        productId: products[name],
        quantity: Quantity.Quantity.make(quantity),
        occurredAt
      })
    )
  }

  /** Places an order for so many pieces at the price of the catalogue, 12.50, to be paid by a card. */
  const place = Effect.fnUntraced(function* (name: string, item: keyof typeof products, pieces: number, token: string) {
    const orderId = OrderId.fromUuid(yield* newUuid)
    const customerId = CustomerId.fromUuid(yield* newUuid)
    yield* send(OrderCommands.draftOrder, (occurredAt) =>
      OrderCommands.DraftOrder.make({
        orderId,
        customerId,
        currency: "EUR",
        items: [
          {
            productId: products[item],
            quantity: Quantity.Quantity.make(pieces)
          }
        ],
        occurredAt
      })
    )
    yield* send(OrderCommands.placeOrder, (occurredAt) =>
      OrderCommands.PlaceOrder.make({
        orderId,
        shippingAddress: { recipient: "Ada Jansen", street: "Oudegracht 1", city: "Utrecht", country: "Netherlands" },
        paymentToken: CardData.CardToken.make(token),
        occurredAt
      })
    )
    return { name, orderId }
  })

  /** How an order stands, in each context. */
  const standing = Effect.fnUntraced(function* ({ orderId }: Named) {
    const { paymentId, reservationId, shipmentId } = OrderIds.of(orderId)
    const stream = (category: string, id: string) => StreamId.make(tenant, category, id)
    const told = (yield* notices.load(stream("notice", orderId))).state
    return {
      order: (yield* orders.load(stream("order", orderId))).state,
      reservation: (yield* reservations.load(stream("reservation", reservationId))).state,
      payment: (yield* payments.load(stream("payment", paymentId))).state,
      shipment: (yield* shipments.load(stream("shipment", shipmentId))).state,
      told: told.map(({ notice }) => notice)
    }
  })
  type Standing = Effect.Success<ReturnType<typeof standing>>
  const reaches = (order: Named, what: string, holds: (standing: Standing) => boolean) =>
    ReadSide.until(`${order.name}: ${what}`, Effect.map(standing(order), holds))

  /** The warehouse packs and sends what it is asked for, and somebody takes it. */
  const deliver = Effect.fnUntraced(function* (order: Named) {
    const { shipmentId } = OrderIds.of(order.orderId)
    yield* reaches(order, "asked to be sent", ({ told }) => told.includes("order-confirmed"))
    yield* send(ShipmentCommands.packShipment, (occurredAt) =>
      ShipmentCommands.PackShipment.make({
        shipmentId,
        packedBy: "Noor",
        packages: 1,
        occurredAt
      })
    )
    yield* send(ShipmentCommands.dispatchShipment, (occurredAt) =>
      ShipmentCommands.DispatchShipment.make({
        shipmentId,
        trackingNumber: "3SABCD1234567",
        carrier: "PostNL",
        occurredAt
      })
    )
    yield* reaches(order, "shipped", ({ order }) => order.status === "shipped")
    yield* send(ShipmentCommands.deliverShipment, (occurredAt) =>
      ShipmentCommands.DeliverShipment.make({
        shipmentId,
        signedBy: PersonName.PersonName.make("Ada Jansen"),
        occurredAt
      })
    )
  })

  /** Waits for the end of an order, and tells it. */
  const tellEnd = Effect.fnUntraced(function* (order: Named) {
    yield* reaches(
      order,
      "ended",
      ({ order, reservation, told }) =>
        reservation.status !== "held" &&
        ((order.status === "delivered" && told.includes("order-delivered")) ||
          (order.status === "cancelled" && told.includes("order-cancelled")))
    )
    const { order: ended, payment, reservation, shipment, told } = yield* standing(order)
    const money = payment.status === "none" || payment.status === "barred" ? { captured: 0, refunded: 0 } : payment
    const goods = { committed: "sent", released: "reserved and released" }
    yield* Console.log(`  ${order.name}: ${ended.status}`)
    yield* Console.log(
      `    stock ${Object.entries(goods).find(([status]) => status === reservation.status)?.[1] ?? "never reserved"}; ` +
        `paid ${euros(money.captured - money.refunded)}; ` +
        `shipment ${shipment.status === "delivered" ? "delivered" : "none"}; told: ${told.join(", ")}`
    )
  })

  /** Tells what there is of a product. */
  const tellStock = Effect.fnUntraced(function* (name: keyof typeof products) {
    const { state } = yield* stock.load(StreamId.make(tenant, "stock", products[name]))
    const { available, received, reserved, shipped } = StockItem.countsOf(state)
    yield* Console.log(`  ${name}: received ${received}, available ${available}, reserved ${reserved}, sent ${shipped}`)
  })

  return { place, deliver, tellEnd, tellStock }
})

const euros = (amount: number) => Money.format({ amount, currency: "EUR" })

/** Three orders, from the placing to the end: one that is delivered, one without stock, one whose card is declined. */
export const story = Effect.gen(function* () {
  const shop = yield* open
  yield* Console.log("Three orders are placed")
  const good = yield* shop.place("3 mugs", "mug", 3, "tok_visa")
  const short = yield* shop.place("5 teapots, of which there are 2", "teapot", 5, "tok_visa")
  const declined = yield* shop.place("1 mug, by a card without money", "mug", 1, "tok_insufficient_funds")
  yield* shop.deliver(good)

  yield* Console.log("How they end")
  for (const order of [good, short, declined]) yield* shop.tellEnd(order)

  yield* Console.log("The stock")
  yield* shop.tellStock("mug")
  yield* shop.tellStock("teapot")
})
