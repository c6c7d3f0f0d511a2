/**
 * What follows when an order is cancelled after its fulfilment was through: the shipment is withdrawn, the money given back,
 * the stock made available again.
 *
 * It only goes forward. A shipment that has left refuses to be withdrawn: the saga is parked before any money is given
 * back, and a person decides. A context whose service is away is waited for without an end, and nothing behind it is done
 * before.
 */
import { Saga } from "@eventfold/decider"
import { releaseReservation } from "@eventfold/domain-inventory/ReservationCommands"
import { refundPayment } from "@eventfold/domain-payments/PaymentCommands"
import { withdrawShipment } from "@eventfold/domain-shipping/ShipmentCommands"
import { OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { type Limits, usual } from "./Limits.ts"
import { cardGateway } from "./OrderFulfilment.ts"
import * as OrderIds from "./OrderIds.ts"

/** The schema of what is needed. */
export const CancellationInput = Schema.Struct({ orderId: OrderId }).annotate({ identifier: "CancellationInput" })

/** The id of the saga for an order: starting it twice starts one. */
export const idOf = (orderId: OrderId): string => `cancelled-${orderId}`

const reason = "the order was cancelled"

/** What it does, in a sentence for people. */
export const summary =
  "Undoes the fulfilment of an order that is cancelled after it was through: shipment, payment, stock."

/** The saga, as patient as the limits say. */
export const make = ({ outageEvery, outageLongest, payment }: Limits = usual) =>
  Saga.make({ name: "order-cancellation", input: CancellationInput })
    .pivot()
    .step("withdraw-shipment", withdrawShipment, {
      send: ({ at, input: { orderId } }) => ({
        _tag: "WithdrawShipment",
        shipmentId: OrderIds.of(orderId).shipmentId,
        orderId,
        reason,
        occurredAt: at
      })
    })
    .step("refund-payment", refundPayment, {
      timeLimit: payment,
      breaker: cardGateway,
      outage: { every: outageEvery, longest: outageLongest },
      send: ({ at, input: { orderId } }) => ({
        _tag: "RefundPayment",
        paymentId: OrderIds.of(orderId).paymentId,
        reason,
        occurredAt: at
      })
    })
    .step("release-stock", releaseReservation, {
      send: ({ at, input: { orderId } }) => ({
        _tag: "ReleaseReservation",
        reservationId: OrderIds.of(orderId).reservationId,
        occurredAt: at
      })
    })
    .end()
