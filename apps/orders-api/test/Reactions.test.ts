/** A reaction waits for what must come before it, whoever brings that, and however late. */
import { assert, describe, it } from "@effect/vitest"
import { CardGatewayMemory } from "@eventfold/card-gateway"
import type { Message } from "@eventfold/decider"
import { Choreography, OrderIds } from "@eventfold/domain-fulfilment"
import { OrderCommands } from "@eventfold/domain-ordering"
import { ShipmentCommands } from "@eventfold/domain-shipping"
import { CommandBus } from "@eventfold/event-store"
import { PersonName, Quantity } from "@eventfold/shared-kernel"
import { HandlerRunner, Subscriptions } from "@eventfold/subscriptions"
import { DateTime, Effect, Layer } from "effect"
import * as CommandHandlers from "../src/commands/CommandHandlers.ts"
import * as Reactions from "../src/fulfilment/Reactions.ts"
import { orders } from "../src/commands/OrderCommandHandlers.ts"
import { streamOf } from "../src/OrderStreamId.ts"
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
  Layer.provide([CardGatewayMemory.layerMemory, Subscriptions.layer]),
  Layer.provideMerge(setting)
)

describe("a delivery", () => {
  it.live("that is told before the order knows that it has left is told again", () =>
    Effect.gen(function* () {
      const occurredAt = DateTime.makeUnsafe("2026-03-01T12:00:00Z")
      for (const { customerId, lines, orderId } of Plan.quiet("orchestrated", 1, []).orders) {
        const { shipmentId } = OrderIds.of(orderId)
        const [ofOrder, ofShipment] = [
          { orderId, occurredAt },
          { shipmentId, occurredAt }
        ]
        const left = { carrier: "PostNL", trackingNumber: "3SABCD1234567" }
        const address = { recipient: "Ada Jansen", street: "Oudegracht 1", city: "Utrecht", country: "Netherlands" }
        const items = lines.map(({ productId, quantity }) => ({
          productId,
          productName: "Enamel mug",
          quantity: Quantity.Quantity.make(quantity),
          unitPrice: { amount: 1_250, currency: "EUR" } as const
        }))
        const drafted = { customerId, currency: "EUR" } as const
        yield* tell(OrderCommands.draftOrder, OrderCommands.DraftOrder.make({ ...ofOrder, ...drafted }))
        for (const item of items)
          yield* tell(OrderCommands.addItem, OrderCommands.AddItem.make({ ...ofOrder, ...item }))
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
        yield* second
        yield* tell(OrderCommands.shipOrder, { _tag: "ShipOrder", ...ofOrder, ...left })
        for (let waited = 0; waited < 10; waited += 1) yield* second
        assert.strictEqual((yield* orders.load(streamOf(tenant, orderId))).state.status, "delivered")
      }
    }).pipe(Effect.provide(deliveries))
  )
})
