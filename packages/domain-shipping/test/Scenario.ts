/** Given/when for shipments, with one of everything: an order, its customer, and a command of each kind. */
import { Decider, Personal } from "@eventfold/decider"
import {
  type OrderToShip,
  Shipment,
  ShipmentCommands,
  type ShipmentErrors,
  type ShipmentEvents,
  ShipmentId,
  type ShipmentState
} from "@eventfold/domain-shipping"
import { CustomerId, OrderId, PersonName, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime, Result } from "effect"

const uuid = "0190f5a2-7c4e-7b1a-9d3f-000000000001"
export const orderId = OrderId.fromUuid(uuid)
export const otherOrderId = OrderId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000002")
export const shipmentId = ShipmentId.ofOrder(orderId)
export const customerId = CustomerId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000003")
export const occurredAt = DateTime.makeUnsafe("2024-05-01T00:00:00Z")
export const day = (number: number) => DateTime.makeUnsafe(`2024-05-${String(number).padStart(2, "0")}T00:00:00Z`)

export const address = { recipient: "Ada Jansen", street: "Oudegracht 1", city: "Utrecht", country: "Netherlands" }
export const signedBy = PersonName.PersonName.make("Ada Jansen")
export const lines = [
  { productId: ProductId.fromUuid(uuid), productName: "Enamel mug", quantity: Quantity.Quantity.make(5) }
]
/** An order that may be shipped. */
export const approved = {
  standing: "approved",
  customerId,
  lines,
  destination: Personal.of<typeof address>(customerId, address)
} satisfies OrderToShip.OrderToShip

const common = { shipmentId, occurredAt }
export const requestOf = (order: OrderToShip.OrderToShip) =>
  ShipmentCommands.PreparedRequest.make({ ...common, orderId, order })
export const request = requestOf(approved)
export const pack = ShipmentCommands.PackShipment.make({ ...common, packedBy: "J. de Wit", packages: 2 })
export const dispatch = ShipmentCommands.DispatchShipment.make({
  ...common,
  carrier: "PostNL",
  trackingNumber: "3SABCD1234567",
  estimatedDelivery: day(4)
})
export const delay = ShipmentCommands.DelayShipment.make({ ...common, reason: "Snow", estimatedDelivery: day(6) })
export const deliver = ShipmentCommands.DeliverShipment.make({ ...common, signedBy })
export const cancel = ShipmentCommands.CancelShipment.make({ ...common, reason: "Ordered twice" })
export const withdraw = ShipmentCommands.WithdrawShipment.make({ ...common, orderId, reason: "The order is cancelled" })

type Event = ShipmentEvents.ShipmentEvent
type Command = ShipmentCommands.ShipmentCommand
export type Outcome = Result.Result<
  Decider.Decision<ShipmentState.ShipmentState, Event>,
  ShipmentErrors.ShipmentRefusal
>

/** The shipment after a history, ready to be asked for something. */
export const given = (...events: ReadonlyArray<Event>) => ({
  events,
  state: Decider.fold(Shipment.Shipment, events),
  when: (command: Command): Outcome => Decider.decideAfter(Shipment.Shipment, events, command)
})

/** The shipment that these commands lead to, none of them refused. */
export const after = (...commands: ReadonlyArray<Command>) =>
  given(
    ...commands.reduce<ReadonlyArray<Event>>(
      (events, command) => [...events, ...recorded(given(...events).when(command))],
      []
    )
  )

/** The events an outcome recorded; a refusal fails the test with its message. */
export const recorded = (outcome: Outcome): ReadonlyArray<Event> =>
  Result.getOrThrowWith(outcome, (refusal) => refusal).events

/** The refusal of an outcome; events fail the test. */
export const refusal = (outcome: Outcome): ShipmentErrors.ShipmentRefusal =>
  Result.getOrThrowWith(
    Result.flip(outcome),
    ({ events }) => new Error(`recorded ${events.map((event) => event._tag).join(" ")}`)
  )

/** An outcome in a word: the events it recorded, `nothing`, or the refusal. */
export const told = (outcome: Outcome): string =>
  Result.match(outcome, {
    onFailure: (refusal) => refusal._tag,
    onSuccess: ({ events }) => (events.length === 0 ? "nothing" : events.map((event) => event._tag).join(" "))
  })

/** A shipment in every state. */
export const shipments = {
  none: after(),
  requested: after(request),
  packed: after(request, pack),
  dispatched: after(request, pack, dispatch),
  delayed: after(request, pack, dispatch, delay),
  delivered: after(request, pack, dispatch, deliver),
  cancelled: after(request, cancel)
}

/** One command of each kind, such that each can follow some state. */
export const commands = { request, pack, dispatch, delay, deliver, cancel, withdraw }
