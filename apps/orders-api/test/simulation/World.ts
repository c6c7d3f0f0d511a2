/** Who is around the service in a run: customers who order and cancel, and a warehouse that packs and sends. */
import type { Message } from "@eventfold/decider"
import { OrderIds } from "@eventfold/domain-fulfilment"
import { StockCommands } from "@eventfold/domain-inventory"
import { OrderCommands } from "@eventfold/domain-ordering"
import { CardGateway } from "@eventfold/domain-payments"
import { Shipment, ShipmentCommands } from "@eventfold/domain-shipping"
import { CommandBus, CommandHandler } from "@eventfold/event-store"
import { PersonName, Quantity } from "@eventfold/shared-kernel"
import { Context, DateTime, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import * as CommandHandlers from "../../src/commands/CommandHandlers.ts"
import * as BetweenContexts from "../../src/queries/BetweenContexts.ts"
import { streamOf as streamOfShipment } from "../../src/ShipmentStreamId.ts"
import { type Plan, type PlannedOrder, price } from "./Plan.ts"

/** Whose orders these are. */
export const tenant = "main"

const shipments = CommandHandler.make(Shipment.Shipment)
/** What leaves the warehouse. */
const parcel = { carrier: "PostNL", trackingNumber: "3SABCD1234567" }
const cents = (amount: number) => ({ amount, currency: "EUR" }) as const

/** The gateway of those who pay nothing by hand. */
export const none = Layer.succeed(CardGateway.CardGateway, {
  authorise: () => Effect.die("nobody pays by hand"),
  capture: () => Effect.die("nobody pays by hand"),
  refund: () => Effect.die("nobody pays by hand"),
  void: () => Effect.die("nobody pays by hand")
})

/** A bus of their own, which never ends, where all contexts are in one process. */
const ofOneProcess = Effect.map(
  Layer.build(Layer.fresh(Layer.provide(CommandHandlers.layer, [none, BetweenContexts.layer]))),
  (context) => Context.get(context, CommandBus)
)

/** Those around the service: what they do at a second of a run. They find shipments where the `EventStore` has them. */
export const make = Effect.fnUntraced(function* (plan: Plan, given?: CommandBus["Service"]) {
  const bus = given ?? (yield* ofOneProcess)

  /** Sends a command; what is refused stays undone. */
  const ask = <P extends { readonly _tag: string }, A, F>(command: Message.Command<string, P, A, F>, payload: P) =>
    Effect.exit(bus.dispatch(command, { id: SecureRandom.uuidV7Unsafe(), tenant, payload }))

  const place = Effect.fnUntraced(function* ({ country, customerId, lines, orderId, token }: PlannedOrder) {
    const occurredAt = yield* DateTime.now
    const items = lines.map(({ productId, quantity }) =>
      OrderCommands.AddItem.make({
        orderId,
        occurredAt,
        productId,
        productName: "Enamel mug",
        quantity: Quantity.Quantity.make(quantity),
        unitPrice: cents(price),
        askedBy: "operator",
        priceReason: "agreed by telephone"
      })
    )
    yield* ask(OrderCommands.draftOrder, { _tag: "DraftOrder", orderId, occurredAt, customerId, currency: "EUR" })
    yield* Effect.forEach(items, (item) => ask(OrderCommands.addItem, item))
    const shippingAddress = { recipient: "Ada Jansen", street: "Oudegracht 1", city: "Utrecht", country }
    yield* ask(
      OrderCommands.placeOrder,
      OrderCommands.PlaceOrder.make({ orderId, occurredAt, shippingAddress, paymentToken: token })
    )
  })

  const cancel = Effect.fnUntraced(function* ({ orderId }: PlannedOrder) {
    const occurredAt = yield* DateTime.now
    const about = { orderId, occurredAt, cancelledBy: "customer", reason: "Ordered twice" } as const
    yield* ask(OrderCommands.cancelOrder, { _tag: "CancelOrder", ...about })
  })

  /** The next thing the warehouse does with a shipment. */
  const handle = Effect.fnUntraced(function* ({ orderId, warehouse }: PlannedOrder) {
    const { shipmentId } = OrderIds.of(orderId)
    const { state } = yield* shipments.load(streamOfShipment(tenant, shipmentId)).pipe(Effect.orDie)
    const about = { shipmentId, occurredAt: yield* DateTime.now }
    if (warehouse === "leaves") return
    switch (state.status) {
      case "requested":
        yield* warehouse === "ships"
          ? ask(
              ShipmentCommands.packShipment,
              ShipmentCommands.PackShipment.make({ ...about, packedBy: "K. Smit", packages: 1 })
            )
          : ask(ShipmentCommands.cancelShipment, { _tag: "CancelShipment", ...about, reason: "Broken" })
        return
      case "packed":
        yield* ask(ShipmentCommands.dispatchShipment, { _tag: "DispatchShipment", ...about, ...parcel })
        return
      case "dispatched": {
        const signedBy = PersonName.PersonName.make("Ada Jansen")
        yield* ask(ShipmentCommands.deliverShipment, { _tag: "DeliverShipment", ...about, signedBy })
        return
      }
      default:
    }
  })

  return {
    /** Goods come in. */
    receive: Effect.forEach(
      plan.stock,
      Effect.fnUntraced(function* ({ productId, quantity }) {
        const received = { productId, quantity: Quantity.Quantity.make(quantity), occurredAt: yield* DateTime.now }
        yield* ask(StockCommands.receiveStock, { _tag: "ReceiveStock", ...received })
      }),
      { discard: true }
    ),
    /** What is done at a second. */
    at: Effect.fnUntraced(function* (second: number) {
      for (const order of plan.orders) {
        if (order.placedAt === second) yield* place(order)
        if (order.cancelledAt === second) yield* cancel(order)
        if (second % order.pace === 0) yield* handle(order)
      }
    })
  }
})
