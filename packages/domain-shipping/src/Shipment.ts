/**
 * A shipment from the request to the delivery, as a decider.
 *
 * What is already so records nothing, so a repeated command is harmless. What has been passed is refused, as is a
 * repetition that contradicts a fact others act upon: another number of packages, another tracking number, another
 * signature. A signature that is forgotten is not known to be the same. Until it leaves, a shipment can be called off.
 */
import { Decider, Personal } from "@eventfold/decider"
import { Equal, Result, Struct } from "effect"
import * as Destinations from "./Destinations.ts"
import type * as Commands from "./ShipmentCommands.ts"
import * as Refused from "./ShipmentErrors.ts"
import { type ShipmentDispatched, ShipmentEvent } from "./ShipmentEvents.ts"
import { type KnownShipment, type ShipmentIn, ShipmentState } from "./ShipmentState.ts"

/** No shipment yet. */
export const initial: ShipmentState = { status: "none" }

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (shipment: ShipmentState, event: ShipmentEvent): ShipmentState => {
  const { status } = shipment
  switch (event._tag) {
    case "ShipmentRequested": {
      const { customerId, destination, lines, orderId, shipmentId } = event
      return status === "none" ? { status: "requested", shipmentId, orderId, customerId, lines, destination } : shipment
    }
    case "ShipmentPacked":
      return status === "requested" ? { ...shipment, status: "packed", packages: event.packages } : shipment
    case "ShipmentDispatched":
      return status === "packed" ? { ...shipment, ...wayOf(event), status: "dispatched" } : shipment
    case "ShipmentDelayed": {
      if (status !== "dispatched" && status !== "delayed") return shipment
      const { estimatedDelivery, reason } = event
      return { ...shipment, status: "delayed", delay: reason, ...(estimatedDelivery ? { estimatedDelivery } : {}) }
    }
    case "ShipmentDelivered":
      return status === "dispatched" || status === "delayed" ? delivered(shipment, event.signedBy) : shipment
    case "ShipmentCancelled": {
      if (status !== "none" && status !== "requested" && status !== "packed") return shipment
      const { orderId, previousStatus, reason, shipmentId } = event
      return { status: "cancelled", shipmentId, orderId, reason, previousStatus }
    }
  }
}

const delivered = (
  shipment: ShipmentIn<"dispatched" | "delayed">,
  signedBy: ShipmentIn<"delivered">["signedBy"]
): ShipmentState => ({
  ...(shipment.status === "delayed" ? Struct.omit(shipment, ["delay"]) : shipment),
  status: "delivered",
  signedBy
})

type Way = Pick<ShipmentDispatched, "trackingNumber" | "carrier" | "estimatedDelivery">
const wayOf = (from: Way): Way => Struct.pick(from, ["trackingNumber", "carrier", "estimatedDelivery"])

// Decisions: one per command.

type Decision = Result.Result<ReadonlyArray<ShipmentEvent>, Refused.ShipmentRefusal>
type Live = Exclude<KnownShipment, { readonly status: "cancelled" }>

const record = (...events: ReadonlyArray<ShipmentEvent>): Decision => Result.succeed(events)
const nothing = record()
const refuse = (refusal: Refused.ShipmentRefusal): Decision => Result.fail(refusal)

const begin = ({ occurredAt, order, orderId, shipmentId }: Commands.PreparedRequest): Decision => {
  const impossible = (reason: Refused.Impossible) =>
    refuse(new Refused.ShipmentImpossible({ shipmentId, orderId, reason }))
  if (order.standing !== "approved") return impossible(`order-${order.standing}`)
  const { customerId, destination, lines } = order
  return Personal.match(destination, {
    onRedacted: () => impossible("address-forgotten"),
    onKnown: (address) =>
      Destinations.isServed(address)
        ? record({ _tag: "ShipmentRequested", shipmentId, orderId, occurredAt, customerId, lines, destination })
        : impossible("destination-not-served")
  })
}

const pack = (command: Commands.PackShipment, shipment: Live): Decision => {
  const { orderId, shipmentId, status } = shipment
  switch (status) {
    case "requested":
      return record({ ...command, orderId, _tag: "ShipmentPacked" })
    case "packed": {
      const { packages } = shipment
      return packages === command.packages
        ? nothing
        : refuse(new Refused.ShipmentAlreadyPacked({ shipmentId, status, packages }))
    }
    case "dispatched":
    case "delayed":
      return refuse(alreadyDispatched(shipment))
    case "delivered":
      return refuse(alreadyDelivered(shipment))
  }
}

const dispatch = (command: Commands.DispatchShipment, shipment: Live): Decision => {
  const { orderId, shipmentId, status } = shipment
  switch (status) {
    case "requested":
      return refuse(new Refused.ShipmentNotPacked({ shipmentId, status }))
    case "packed":
      return record({ ...command, orderId, _tag: "ShipmentDispatched" })
    case "dispatched":
    case "delayed": {
      // The estimate may have moved since: it is not what tells two shipments apart.
      const isSame = shipment.trackingNumber === command.trackingNumber && shipment.carrier === command.carrier
      return isSame ? nothing : refuse(alreadyDispatched(shipment))
    }
    case "delivered":
      return refuse(alreadyDelivered(shipment))
  }
}

const delay = (command: Commands.DelayShipment, shipment: Live): Decision => {
  const { orderId, status } = shipment
  switch (status) {
    case "requested":
    case "packed":
      return refuse(notDispatched(shipment))
    case "dispatched":
      return record({ ...command, orderId, _tag: "ShipmentDelayed" })
    case "delayed": {
      const { estimatedDelivery } = command
      const isKnown =
        shipment.delay === command.reason &&
        (estimatedDelivery === undefined || Equal.equals(shipment.estimatedDelivery, estimatedDelivery))
      return isKnown ? nothing : record({ ...command, orderId, _tag: "ShipmentDelayed" })
    }
    case "delivered":
      return refuse(alreadyDelivered(shipment))
  }
}

const deliver = (command: Commands.DeliverShipment, shipment: Live): Decision => {
  const { customerId, orderId, status } = shipment
  switch (status) {
    case "requested":
    case "packed":
      return refuse(notDispatched(shipment))
    case "dispatched":
    case "delayed":
      return record({
        ...command,
        orderId,
        signedBy: Personal.of(customerId, command.signedBy),
        _tag: "ShipmentDelivered"
      })
    case "delivered": {
      const { signedBy } = shipment
      const isSame = Personal.match(signedBy, { onKnown: (name) => name === command.signedBy, onRedacted: () => false })
      return isSame ? nothing : refuse(alreadyDelivered(shipment))
    }
  }
}

const cancel = (
  { occurredAt, reason }: Pick<Commands.CancelShipment, "occurredAt" | "reason">,
  shipment: Live
): Decision => {
  const { customerId, orderId, shipmentId, status } = shipment
  switch (status) {
    case "requested":
    case "packed":
      return record({
        _tag: "ShipmentCancelled",
        shipmentId,
        orderId,
        occurredAt,
        customerId,
        reason,
        previousStatus: status
      })
    case "dispatched":
    case "delayed":
      return refuse(alreadyDispatched(shipment))
    case "delivered":
      return refuse(alreadyDelivered(shipment))
  }
}

const notDispatched = ({ shipmentId, status }: Live) => new Refused.ShipmentNotDispatched({ shipmentId, status })
const alreadyDispatched = ({ carrier, shipmentId, status, trackingNumber }: ShipmentIn<"dispatched" | "delayed">) =>
  new Refused.ShipmentAlreadyDispatched({ shipmentId, status, trackingNumber, carrier })
const alreadyDelivered = ({ shipmentId, status }: Live) => new Refused.ShipmentAlreadyDelivered({ shipmentId, status })

const onNothing = (command: Commands.ShipmentCommand): Decision => {
  const { shipmentId } = command
  if (command._tag === "RequestShipment") return begin(command)
  if (command._tag !== "WithdrawShipment") return refuse(new Refused.ShipmentNotFound({ shipmentId }))
  return record({ ...command, previousStatus: "none", _tag: "ShipmentCancelled" })
}

/** The events a command causes in a state, none when it is already so; or why it is refused. */
export const decide = (command: Commands.ShipmentCommand, shipment: ShipmentState): Decision => {
  if (shipment.status === "none") return onNothing(command)
  const { orderId, shipmentId, status } = shipment
  if ("orderId" in command && command.orderId !== orderId) {
    return refuse(new Refused.ShipmentOfAnotherOrder({ shipmentId, status, orderId }))
  }
  if (shipment.status === "cancelled") {
    const isSo = command._tag === "CancelShipment" || command._tag === "WithdrawShipment"
    return isSo ? nothing : refuse(new Refused.ShipmentAlreadyCancelled({ shipmentId, status }))
  }
  switch (command._tag) {
    case "RequestShipment":
      return nothing
    case "PackShipment":
      return pack(command, shipment)
    case "DispatchShipment":
      return dispatch(command, shipment)
    case "DelayShipment":
      return delay(command, shipment)
    case "DeliverShipment":
      return deliver(command, shipment)
    case "CancelShipment":
    case "WithdrawShipment":
      return cancel(command, shipment)
  }
}

/** A shipment as a decider. Its streams are named `shipment`. */
export const Shipment = Decider.make({
  category: "shipment",
  State: ShipmentState,
  Event: ShipmentEvent,
  initial,
  evolve,
  decide
})

/**
 * What a command on the shipment answers, for a state at a version of its stream.
 *
 * @throws RangeError for a state without a shipment: no command succeeds without one, so it is a mistake of the program.
 */
export const answerOf = (shipment: ShipmentState, version: number): Commands.ShipmentAnswer => {
  if (shipment.status === "none") throw new RangeError("There is no shipment to answer about")
  const { orderId, shipmentId, status } = shipment
  return { shipmentId, orderId, status, version }
}
