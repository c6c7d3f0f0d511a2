/** A reaction waits for what must come before it, whoever brings that, and however late. */
import { assert, describe, it } from "@effect/vitest"
import { CardGatewayMemory } from "@eventfold/card-gateway"
import type { Message } from "@eventfold/decider"
import { Choreography, OrderIds } from "@eventfold/domain-fulfilment"
import { OrderCommands } from "@eventfold/domain-ordering"
import { ShipmentCommands } from "@eventfold/domain-shipping"
import { CommandBus } from "@eventfold/event-store"
import { type OrderId, PersonName, Quantity } from "@eventfold/shared-kernel"
import { HandlerRunner, Subscriptions } from "@eventfold/subscriptions"
import { DateTime, Effect, Layer } from "effect"
import * as CommandHandlers from "../src/commands/CommandHandlers.ts"
import * as Reactions from "../src/fulfilment/Reactions.ts"
import { orders } from "../src/commands/OrderCommandHandlers.ts"
import { streamOf } from "../src/OrderStreamId.ts"
import * as BetweenContexts from "../src/queries/BetweenContexts.ts"
import { uuid } from "./Samples.ts"
import * as Plan from "./simulation/Plan.ts"
import { second, setting } from "./simulation/Simulation.ts"
import { tenant } from "./simulation/World.ts"

const tell = Effect.fnUntraced(function* <P extends { readonly _tag: string }, A, F>(
  command: Message.Command<string, P, A, F>,
  payload: P
) {
  const bus = yield* CommandBus
  yield* bus.dispatch(command, { id: uuid(), tenant, payload })
})

const deliveries = HandlerRunner.layer([Reactions.handler("deliveries", [Choreography.delivered])]).pipe(
  Layer.provideMerge(CommandHandlers.layer),
  Layer.provide([CardGatewayMemory.layerMemory, Subscriptions.layer, BetweenContexts.layer]),
  Layer.provideMerge(setting)
)

const occurredAt = DateTime.makeUnsafe("2026-03-01T12:00:00Z")
const left = { carrier: "PostNL", trackingNumber: "3SABCD1234567" }
const address = { recipient: "Ada Jansen", street: "Oudegracht 1", city: "Utrecht", country: "Netherlands" }

/** An order that is approved, and its shipment that has been delivered: nobody has told the order that it left. */
const delivered = Effect.fnUntraced(function* ({ customerId, lines, orderId }: Plan.Plan["orders"][number]) {
  const { shipmentId } = OrderIds.of(orderId)
  const [ofOrder, ofShipment] = [
    { orderId, occurredAt },
    { shipmentId, occurredAt }
  ]
  const items = lines.map(({ productId, quantity }) => ({
    productId,
    productName: "Enamel mug",
    quantity: Quantity.Quantity.make(quantity),
    unitPrice: { amount: 1_250, currency: "EUR" } as const,
    askedBy: "operator" as const,
    priceReason: "agreed by telephone"
  }))
  const drafted = { customerId, currency: "EUR" } as const
  yield* tell(OrderCommands.draftOrder, OrderCommands.DraftOrder.make({ ...ofOrder, ...drafted }))
  for (const item of items) yield* tell(OrderCommands.addItem, OrderCommands.AddItem.make({ ...ofOrder, ...item }))
  yield* tell(OrderCommands.placeOrder, OrderCommands.PlaceOrder.make({ ...ofOrder, shippingAddress: address }))
  yield* tell(OrderCommands.approveOrder, { _tag: "ApproveOrder", ...ofOrder, approvedBy: "M. de Vries" })
  yield* tell(ShipmentCommands.requestShipment, { _tag: "RequestShipment", ...ofShipment, orderId })
  yield* tell(
    ShipmentCommands.packShipment,
    ShipmentCommands.PackShipment.make({ ...ofShipment, packedBy: "K. Smit", packages: 1 })
  )
  yield* tell(ShipmentCommands.dispatchShipment, { _tag: "DispatchShipment", ...ofShipment, ...left })
  const signedBy = PersonName.PersonName.make("Ada Jansen")
  yield* tell(ShipmentCommands.deliverShipment, { _tag: "DeliverShipment", ...ofShipment, signedBy })
  return orderId
})

const ship = (orderId: OrderId) => tell(OrderCommands.shipOrder, { _tag: "ShipOrder", orderId, occurredAt, ...left })
const stateOf = (orderId: OrderId) => Effect.map(orders.load(streamOf(tenant, orderId)), ({ state }) => state)
const pass = (seconds: number) => Effect.forEach(Array.from({ length: seconds }), () => second, { discard: true })

describe("a delivery", () => {
  for (const early of [1, 70]) {
    it.live(`that is told ${early} s before the order knows that it has left is not lost, and holds up no other`, () =>
      Effect.gen(function* () {
        const [one, other] = Plan.quiet("orchestrated", 2, []).orders
        if (one === undefined || other === undefined) return assert.fail("two orders are planned")
        const orderId = yield* delivered(one)
        yield* second
        const otherId = yield* delivered(other)
        yield* ship(otherId)
        yield* pass(5)
        assert.strictEqual((yield* stateOf(otherId)).status, "delivered")
        yield* pass(early)
        assert.strictEqual((yield* stateOf(orderId)).status, "approved")
        yield* ship(orderId)
        yield* pass(5)
        const state = yield* stateOf(orderId)
        assert.strictEqual(state.status, "delivered")
        const [handler] = yield* (yield* HandlerRunner).statuses
        assert.deepStrictEqual(handler?.letters, { failed: 0, waiting: 0, discarded: 0 })
      }).pipe(Effect.provide(deliveries))
    )
  }

  it.live("that is told after the order has left delivers it once", () =>
    Effect.gen(function* () {
      const [one] = Plan.quiet("orchestrated", 1, []).orders
      if (one === undefined) return assert.fail("an order is planned")
      const orderId = yield* delivered(one)
      yield* ship(orderId)
      yield* pass(5)
      const { state, version } = yield* orders.load(streamOf(tenant, orderId))
      assert.deepStrictEqual([state.status, version], ["delivered", 5 + one.lines.length])
    }).pipe(Effect.provide(deliveries))
  )
})
