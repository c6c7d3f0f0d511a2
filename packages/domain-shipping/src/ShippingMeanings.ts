/**
 * What the messages of shipping mean to those who act upon shipments and keep a log of their own. Where a shipment goes, and why
 * it was called off, is not told.
 */
import { Meaning, Personal } from "@eventfold/decider"
import * as Events from "./ShipmentEvents.ts"
import * as Messages from "./ShippingMessages.ts"

/** The messages that others act upon, each with its event. */
export const meanings = [
  Meaning.make(Messages.ShipmentRequestedV1, Events.ShipmentRequested, ({ requestedAt: occurredAt, ...told }) => ({
    _tag: "ShipmentRequested" as const,
    occurredAt,
    ...told,
    destination: Personal.redacted(told.customerId)
  })),
  Meaning.make(Messages.ShipmentDispatchedV1, Events.ShipmentDispatched, ({ dispatchedAt: occurredAt, ...told }) => ({
    _tag: "ShipmentDispatched" as const,
    occurredAt,
    ...told
  })),
  Meaning.make(Messages.ShipmentCancelledV1, Events.ShipmentCancelled, ({ cancelledAt: occurredAt, ...told }) => ({
    _tag: "ShipmentCancelled" as const,
    occurredAt,
    ...told,
    reason: Meaning.untold,
    previousStatus: "requested" as const
  }))
] as const
