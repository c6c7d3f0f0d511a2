/**
 * What can be asked of a shipment. Each command is a schema of its payload (`PackShipment`) and a message with a typed
 * answer and typed refusals (`packShipment`), for a bus to carry.
 *
 * Every command carries `shipmentId` and `occurredAt`, the business time of what it asks for. A request holds no address:
 * what goes where is asked of the order when the request is handled ({@link PreparedRequest}).
 */
import { Message, Personal } from "@eventfold/decider"
import { OrderId, PersonName } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { OrderToShip } from "./OrderToShip.ts"
import { ShipmentRefusal } from "./ShipmentErrors.ts"
import { ShipmentCancelled, ShipmentDelayed, ShipmentDispatched, ShipmentPacked } from "./ShipmentEvents.ts"
import { ShipmentId } from "./ShipmentId.ts"
import { ShipmentStatus } from "./ShipmentStatus.ts"

/** The schema of what every command on a shipment answers: where the shipment stands now. */
export const ShipmentAnswer = Schema.Struct({
  shipmentId: ShipmentId,
  orderId: OrderId,
  status: ShipmentStatus,
  /** The version of the shipment's stream: how many events it has. */
  version: Schema.Int
}).annotate({ identifier: "ShipmentAnswer" })
/** What every command on a shipment answers: where the shipment stands now. */
export interface ShipmentAnswer extends Schema.Schema.Type<typeof ShipmentAnswer> {}

const shipping = { context: "shipping", answer: ShipmentAnswer, refusal: ShipmentRefusal } as const
const common = { shipmentId: ShipmentId, occurredAt: Schema.DateTimeUtc }

/** Asks for the goods of an approved order to be sent. */
export const RequestShipment = Schema.TaggedStruct("RequestShipment", { ...common, orderId: OrderId })
/** Asks for the goods of an approved order to be sent. */
export interface RequestShipment extends Schema.Schema.Type<typeof RequestShipment> {}
/** The message that carries {@link RequestShipment}. */
export const requestShipment = Message.command({ ...shipping, payload: RequestShipment })

/** A request with what the order tells: what is decided on. */
export const PreparedRequest = Schema.TaggedStruct("RequestShipment", {
  ...common,
  orderId: OrderId,
  order: OrderToShip
})
/** A request with what the order tells: what is decided on. */
export interface PreparedRequest extends Schema.Schema.Type<typeof PreparedRequest> {}

/** Tells that the goods are packed. */
export const PackShipment = Schema.TaggedStruct("PackShipment", {
  ...common,
  packedBy: ShipmentPacked.fields.packedBy,
  packages: ShipmentPacked.fields.packages
})
/** Tells that the goods are packed. */
export interface PackShipment extends Schema.Schema.Type<typeof PackShipment> {}
/** The message that carries {@link PackShipment}. */
export const packShipment = Message.command({ ...shipping, payload: PackShipment })

/** Tells that a carrier has taken the packages. */
export const DispatchShipment = Schema.TaggedStruct("DispatchShipment", {
  ...common,
  trackingNumber: ShipmentDispatched.fields.trackingNumber,
  carrier: ShipmentDispatched.fields.carrier,
  estimatedDelivery: ShipmentDispatched.fields.estimatedDelivery
})
/** Tells that a carrier has taken the packages. */
export interface DispatchShipment extends Schema.Schema.Type<typeof DispatchShipment> {}
/** The message that carries {@link DispatchShipment}. */
export const dispatchShipment = Message.command({ ...shipping, payload: DispatchShipment })

/** Tells that the carrier will be later than it was thought. */
export const DelayShipment = Schema.TaggedStruct("DelayShipment", {
  ...common,
  reason: ShipmentDelayed.fields.reason,
  estimatedDelivery: ShipmentDelayed.fields.estimatedDelivery
})
/** Tells that the carrier will be later than it was thought. */
export interface DelayShipment extends Schema.Schema.Type<typeof DelayShipment> {}
/** The message that carries {@link DelayShipment}. */
export const delayShipment = Message.command({ ...shipping, payload: DelayShipment })

/** Tells that somebody took the packages. */
export const DeliverShipment = Schema.TaggedStruct("DeliverShipment", {
  ...common,
  signedBy: Personal.inTransit(PersonName.PersonName)
})
/** Tells that somebody took the packages. */
export interface DeliverShipment extends Schema.Schema.Type<typeof DeliverShipment> {}
/** The message that carries {@link DeliverShipment}. */
export const deliverShipment = Message.command({ ...shipping, payload: DeliverShipment })

/** Calls a shipment off that was asked for and has not left. */
export const CancelShipment = Schema.TaggedStruct("CancelShipment", {
  ...common,
  reason: ShipmentCancelled.fields.reason
})
/** Calls a shipment off that was asked for and has not left. */
export interface CancelShipment extends Schema.Schema.Type<typeof CancelShipment> {}
/** The message that carries {@link CancelShipment}. */
export const cancelShipment = Message.command({ ...shipping, payload: CancelShipment })

/**
 * Takes a request back, whether it has come or not: harmless twice, and a request that comes after it is refused. A
 * shipment that has left stays as it is, and refuses.
 */
export const WithdrawShipment = Schema.TaggedStruct("WithdrawShipment", {
  ...common,
  orderId: OrderId,
  reason: ShipmentCancelled.fields.reason
})
/** Takes a request back, whether it has come or not. */
export interface WithdrawShipment extends Schema.Schema.Type<typeof WithdrawShipment> {}
/** The message that carries {@link WithdrawShipment}. */
export const withdrawShipment = Message.command({ ...shipping, payload: WithdrawShipment })

/** The schema of everything a shipment decides on. */
export const ShipmentCommand = Schema.Union([
  PreparedRequest,
  PackShipment,
  DispatchShipment,
  DelayShipment,
  DeliverShipment,
  CancelShipment,
  WithdrawShipment
])
/** Something a shipment decides on. */
export type ShipmentCommand = typeof ShipmentCommand.Type
