/**
 * The published language of shipping: what is said of shipments to those who keep models of their own, and which event means
 * what. An event without a message stays inside.
 *
 * Every message has the order as its key: who receives them has those of one order in order. Who signed, and the reasons that
 * people gave, are not said.
 */
import { PublishedMessage } from "@eventfold/decider"
import { CustomerId, OrderId, Text } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Consignment } from "./OrderToShip.ts"
import * as Events from "./ShipmentEvents.ts"
import { ShipmentId } from "./ShipmentId.ts"

const shipment = { orderId: OrderId, shipmentId: ShipmentId }
const estimated = { estimatedDelivery: Schema.optionalKey(PublishedMessage.Instant) }

/** Goods are to be sent to a customer. Where to, the shipment knows. */
export const ShipmentRequestedV1 = PublishedMessage.make(
  "shipping",
  "shipment-requested",
  1,
  Schema.Struct({
    ...shipment,
    customerId: CustomerId,
    lines: Consignment.fields.lines,
    requestedAt: PublishedMessage.Instant
  }).annotate({ description: "Goods are to be sent to a customer. Where to, the shipment knows." })
)

/** A carrier has taken a shipment. */
export const ShipmentDispatchedV1 = PublishedMessage.make(
  "shipping",
  "shipment-dispatched",
  1,
  Schema.Struct({
    ...shipment,
    carrier: Text.line(100),
    trackingNumber: Text.line(100),
    ...estimated,
    dispatchedAt: PublishedMessage.Instant
  }).annotate({ description: "A carrier has taken a shipment." })
)

/** The carrier will be later than it was thought. When it will come is absent when nobody knows. */
export const ShipmentDelayedV1 = PublishedMessage.make(
  "shipping",
  "shipment-delayed",
  1,
  Schema.Struct({ ...shipment, ...estimated, delayedAt: PublishedMessage.Instant }).annotate({
    description: "The carrier will be later than it was thought. When it will come is absent when nobody knows."
  })
)

/** Somebody took a shipment. */
export const ShipmentDeliveredV1 = PublishedMessage.make(
  "shipping",
  "shipment-delivered",
  1,
  Schema.Struct({ ...shipment, deliveredAt: PublishedMessage.Instant }).annotate({
    description: "Somebody took a shipment."
  })
)

/** A shipment does not leave, and never will. */
export const ShipmentCancelledV1 = PublishedMessage.make(
  "shipping",
  "shipment-cancelled",
  1,
  Schema.Struct({ ...shipment, cancelledAt: PublishedMessage.Instant }).annotate({
    description: "A shipment does not leave, and never will."
  })
)

/** All of it. */
export const language = PublishedMessage.language("shipping", [
  ShipmentRequestedV1,
  ShipmentDispatchedV1,
  ShipmentDelayedV1,
  ShipmentDeliveredV1,
  ShipmentCancelledV1
])

/** The schema of the events that mean something to others. */
export const events = Schema.Union([
  Events.ShipmentRequested,
  Events.ShipmentDispatched,
  Events.ShipmentDelayed,
  Events.ShipmentDelivered,
  Events.ShipmentCancelled
])
/** An event that means something to others. */
export type Event = typeof events.Type

/** What the messages of an event are in order by. */
export const keyOf = (event: Event): string => event.orderId

/** What an event of a shipment means to others. */
export const messagesOf = (event: Event): ReadonlyArray<PublishedMessage.Outgoing> => {
  const { occurredAt, orderId, shipmentId } = event
  const key = { key: keyOf(event) }
  const told = { orderId, shipmentId }
  switch (event._tag) {
    case "ShipmentRequested": {
      const { customerId, lines } = event
      const content = { ...told, customerId, lines, requestedAt: occurredAt }
      return [PublishedMessage.say(ShipmentRequestedV1, content, key)]
    }
    case "ShipmentDispatched": {
      const { carrier, trackingNumber } = event
      const content = { ...told, carrier, trackingNumber, ...estimateOf(event), dispatchedAt: occurredAt }
      return [PublishedMessage.say(ShipmentDispatchedV1, content, key)]
    }
    case "ShipmentDelayed":
      return [PublishedMessage.say(ShipmentDelayedV1, { ...told, ...estimateOf(event), delayedAt: occurredAt }, key)]
    case "ShipmentDelivered":
      return [PublishedMessage.say(ShipmentDeliveredV1, { ...told, deliveredAt: occurredAt }, key)]
    case "ShipmentCancelled":
      return [PublishedMessage.say(ShipmentCancelledV1, { ...told, cancelledAt: occurredAt }, key)]
  }
}

const estimateOf = ({ estimatedDelivery }: Pick<Events.ShipmentDispatched, "estimatedDelivery">) =>
  estimatedDelivery === undefined ? {} : { estimatedDelivery }
