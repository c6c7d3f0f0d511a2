/**
 * How an order is fulfilled, as a saga: stock, payment, approval, shipment; then the customer is told. Whatever fails or is
 * refused on the way, what was done is undone in reverse, and the order is cancelled. A card that is declined is asked
 * again: the third attempt is the last. A card gateway that does not answer refuses nothing: after three attempts it counts
 * as down, and the order waits, for a day at the most.
 * Then the order is cancelled and its stock released, whatever the gateway does: a refund that waits for it keeps nothing
 * else from being undone. After a day of its own a person decides about it.
 *
 * A context whose service is away refuses nothing either: the step that needs it waits, and so does what undoes it. Its pauses
 * grow from a second to five minutes, so the order goes on soon after the service is back; after a day it is cancelled.
 *
 * Once the shipment is asked for it only goes forward: what remains is to tell the customer. An order that is cancelled
 * after that is undone by `OrderCancellation`.
 */
import { Saga } from "@eventfold/decider"
import { releaseReservation, reserveStock } from "@eventfold/domain-inventory/ReservationCommands"
import { approveOrder, cancelOrder } from "@eventfold/domain-ordering/OrderCommands"
import { refundPayment, takePayment } from "@eventfold/domain-payments/PaymentCommands"
import { requestShipment, withdrawShipment } from "@eventfold/domain-shipping/ShipmentCommands"
import type { OrderId } from "@eventfold/shared-kernel"
import { Predicate } from "effect"
import { FulfilmentInput } from "./FulfilmentInput.ts"
import { type Limits, usual } from "./Limits.ts"
import { notifyCustomer } from "./NoticeCommands.ts"
import * as OrderIds from "./OrderIds.ts"

/** The id of the saga that fulfils an order: starting it twice starts one. */
export const idOf = (orderId: OrderId): string => orderId

/** What the card gateway's breaker is called. */
export const cardGateway = "card-gateway"

/** What it does, in a sentence for people. */
export const summary =
  "Fulfils an order that was placed with a card: stock, payment, approval, shipment; undone in reverse when something fails."

/** The saga that fulfils an order, as patient as the limits say. */
export const make = ({
  contextOutageLongest,
  outageEvery,
  outageLongest,
  payment,
  paymentAttempts,
  stock
}: Limits = usual) => {
  const patient = { outage: { longest: contextOutageLongest } }
  return Saga.make({ name: "order-fulfilment", input: FulfilmentInput })
    .undo(
      Saga.by(
        cancelOrder,
        ({ at, because, input: { orderId } }) => ({
          _tag: "CancelOrder",
          orderId,
          occurredAt: at,
          cancelledBy: "system",
          reason: reasonOf(because)
        }),
        patient
      )
    )
    .step("reserve-stock", reserveStock, {
      ...patient,
      timeLimit: stock,
      send: ({ at, input: { lines, orderId } }) => ({
        _tag: "ReserveStock",
        reservationId: OrderIds.of(orderId).reservationId,
        orderId,
        lines,
        occurredAt: at
      }),
      compensate: Saga.by(
        releaseReservation,
        ({ at, input: { orderId } }) => ({
          _tag: "ReleaseReservation",
          reservationId: OrderIds.of(orderId).reservationId,
          occurredAt: at
        }),
        patient
      )
    })
    .step("take-payment", takePayment, {
      timeLimit: payment,
      retry: { attempts: paymentAttempts },
      breaker: cardGateway,
      outage: { every: outageEvery, longest: outageLongest, exhausted: "waits" },
      // A payment that was declined could be asked for again by anybody: undone, it is barred.
      undoneWhenRefused: true,
      // Another moment may do better after a decline; whatever else is refused, is refused again.
      again: ({ _tag }) => _tag === "PaymentDeclined",
      send: ({ at, input: { money, orderId, token }, round }) => ({
        _tag: "TakePayment",
        paymentId: OrderIds.of(orderId).paymentId,
        orderId,
        money,
        token,
        // By its number the payment knows another attempt from the one that was declined.
        ...(round === 0 ? {} : { attempt: round + 1 }),
        occurredAt: at
      }),
      compensate: Saga.by(
        refundPayment,
        ({ at, because, input: { orderId } }) => ({
          _tag: "RefundPayment",
          paymentId: OrderIds.of(orderId).paymentId,
          reason: lineOf(because),
          occurredAt: at
        }),
        {
          timeLimit: payment,
          breaker: cardGateway,
          outage: { every: outageEvery, longest: outageLongest, exhausted: "waits" }
        }
      )
    })
    .step("approve-order", approveOrder, {
      ...patient,
      send: ({ at, input: { orderId } }) => ({
        _tag: "ApproveOrder",
        orderId,
        approvedBy: "fulfilment",
        occurredAt: at
      }),
      compensate: Saga.nothing("the order is cancelled as a whole, at the end")
    })
    .step("request-shipment", requestShipment, {
      ...patient,
      send: ({ at, input: { orderId } }) => ({
        _tag: "RequestShipment",
        shipmentId: OrderIds.of(orderId).shipmentId,
        orderId,
        occurredAt: at
      }),
      compensate: Saga.by(
        withdrawShipment,
        ({ at, because, input: { orderId } }) => ({
          _tag: "WithdrawShipment",
          shipmentId: OrderIds.of(orderId).shipmentId,
          orderId,
          reason: reasonOf(because),
          occurredAt: at
        }),
        patient
      )
    })
    .pivot()
    .step("tell-customer", notifyCustomer, {
      send: ({ at, input: { orderId } }) => ({
        _tag: "NotifyCustomer",
        orderId,
        notice: "order-confirmed",
        occurredAt: at
      })
    })
    .end()
}

const nameOf = (refusal: unknown): string =>
  Predicate.hasProperty(refusal, "_tag") && typeof refusal._tag === "string" ? refusal._tag : "no reason given"

/** Why, in one short line that holds nothing anybody typed. */
const lineOf = (because: Saga.Because): string => {
  switch (because._tag) {
    case "Refused":
      return `${because.step} was refused: ${nameOf(because.refusal)}`
    case "Failed":
      return `${because.step} failed`
    case "Cancelled":
      return "the order was cancelled"
  }
}

/** Why, for the record of the order. */
const reasonOf = (because: Saga.Because): string => `Not fulfilled: ${lineOf(because)}`
