/** What could be asked of a shipment, at random: mostly what follows its status. */
import { Personal } from "@eventfold/decider"
import { ShipmentCommands, ShipmentId, type ShipmentState } from "@eventfold/domain-shipping"
import { CustomerId, OrderId, PersonName, ProductId, Quantity } from "@eventfold/shared-kernel"
import { type DateTime, Effect, Random } from "effect"

const oneOf = <const A>(first: A, ...others: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, others.length + 1), (index) => [first, ...others][index] ?? first)

type Kind = "request" | "pack" | "dispatch" | "delay" | "deliver" | "cancel" | "withdraw"

const usual: Record<ShipmentState.ShipmentState["status"], readonly [Kind, ...ReadonlyArray<Kind>]> = {
  none: ["request"],
  requested: ["pack"],
  packed: ["dispatch"],
  dispatched: ["delay", "deliver"],
  delayed: ["delay", "deliver"],
  delivered: ["deliver"],
  cancelled: ["pack"]
}

/** What could be asked of the shipment of an order; it may be refused. */
export const shipmentCommand = Effect.fnUntraced(function* (
  uuid: string,
  { status }: ShipmentState.ShipmentState,
  occurredAt: DateTime.Utc
): Effect.fn.Return<ShipmentCommands.ShipmentCommand> {
  const orderId = OrderId.fromUuid(uuid)
  const common = { shipmentId: ShipmentId.ofOrder(orderId), occurredAt }
  const customerId = CustomerId.fromUuid(uuid)
  const kind = (yield* Random.next) < 0.1 ? yield* oneOf("cancel", "withdraw") : yield* oneOf(...usual[status])
  switch (kind) {
    case "request": {
      const address = { recipient: "Ada Lovelace", street: "Luisenstr. 48", city: "Bern", country: "Switzerland" }
      const line = { productId: ProductId.fromUuid(uuid), productName: "Blue product" }
      return ShipmentCommands.PreparedRequest.make({
        ...common,
        orderId,
        order: {
          standing: "approved",
          customerId,
          lines: [{ ...line, quantity: Quantity.Quantity.make(yield* oneOf(1, 7)) }],
          destination: Personal.of<typeof address>(customerId, address)
        }
      })
    }
    case "pack":
      return ShipmentCommands.PackShipment.make({ ...common, packedBy: "J. de Wit", packages: yield* oneOf(1, 2) })
    case "dispatch":
      return ShipmentCommands.DispatchShipment.make({ ...common, carrier: "Speedy Express", trackingNumber: "1Z-1" })
    case "delay":
      return ShipmentCommands.DelayShipment.make({
        ...common,
        reason: yield* oneOf("Snow", "Flood"),
        ...((yield* Random.next) < 0.5 ? { estimatedDelivery: occurredAt } : {})
      })
    case "deliver":
      return ShipmentCommands.DeliverShipment.make({ ...common, signedBy: PersonName.PersonName.make("Grace Hopper") })
    case "cancel":
      return ShipmentCommands.CancelShipment.make({ ...common, reason: "found cheaper" })
    case "withdraw":
      return ShipmentCommands.WithdrawShipment.make({ ...common, orderId, reason: "the order is cancelled" })
  }
})
