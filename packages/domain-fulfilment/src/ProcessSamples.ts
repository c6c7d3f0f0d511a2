/**
 * What can come to the processes of an order, one of each kind: with these, `ProcessDiagrams` finds what the process
 * managers can go through. Tests show that inputs with other contents lead to nothing else.
 */
import { type Message, Personal, type ProcessManager } from "@eventfold/decider"
import { ReservationLines, StockReserved } from "@eventfold/domain-inventory/published"
import { commitReservation } from "@eventfold/domain-inventory/ReservationCommands"
import { cancelOrder, shipOrder } from "@eventfold/domain-ordering/OrderCommands"
import { OrderApproved, OrderCancelled, OrderPlaced, OrderShipped } from "@eventfold/domain-ordering/published"
import { refundPayment, takePayment } from "@eventfold/domain-payments/PaymentCommands"
import { CardDeclined, CardToken, PaymentCaptured } from "@eventfold/domain-payments/published"
import {
  ShipmentCancelled,
  ShipmentDelayed,
  ShipmentDelivered,
  ShipmentDispatched,
  ShipmentRequested
} from "@eventfold/domain-shipping/published"
import { requestShipment, withdrawShipment } from "@eventfold/domain-shipping/ShipmentCommands"
import { CustomerId, Money, OrderId, Percentage, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime, Schema } from "effect"
import { notifyCustomer } from "./NoticeCommands.ts"
import * as OrderIds from "./OrderIds.ts"
import type * as PaymentProcess from "./PaymentProcess.ts"
import * as Resending from "./Resending.ts"
import type * as ShippingProcess from "./ShippingProcess.ts"

/** What can come to a process of a process manager. */
type InputOf<Manager extends { readonly evolve: (state: never, input: never) => unknown }> = Parameters<
  Manager["evolve"]
>[1]

const uuid = "0190f5a2-7c4e-7b1a-9d3f-000000000001"
const { orderId, paymentId, reservationId, shipmentId } = OrderIds.of(OrderId.fromUuid(uuid))
const customerId = CustomerId.fromUuid(uuid)
const occurredAt = DateTime.makeUnsafe("2024-05-17T09:30:00Z")
const of = { orderId, occurredAt }
const money = Money.PositiveMoney.make({ amount: 2_500, currency: "EUR" })
const lines = ReservationLines.make([{ productId: ProductId.fromUuid(uuid), quantity: Quantity.Quantity.make(2) }])

const placed = OrderPlaced.make({
  ...of,
  lines: lines.map((line) => ({
    ...line,
    productName: "Enamel mug",
    unitPrice: Money.NonNegativeMoney.make({ amount: 1_250, currency: "EUR" }),
    discount: Percentage.zero,
    total: money
  })),
  gross: money,
  discount: Money.NonNegativeMoney.make({ amount: 0, currency: "EUR" }),
  total: money,
  shippingAddress: Personal.redacted(customerId),
  paymentToken: CardToken.make("tok_visa")
})
const approved = OrderApproved.make({ ...of, approvedBy: "fulfilment" })
const shipped = OrderShipped.make({ ...of, carrier: "PostNL", trackingNumber: "3SABCD1234567" })
const cancelled = OrderCancelled.make({
  ...of,
  cancelledBy: "customer",
  reason: "Ordered twice",
  refundDue: false,
  previousStatus: "placed"
})

/** What can become of a command: answered, refused in each of these ways, or never heard of. */
const outcomes = <const Name extends string, P extends { readonly _tag: string }, A, F>(
  command: Message.Command<Name, P, A, F>,
  key: string,
  answer: NoInfer<A>,
  ...refusals: ReadonlyArray<Schema.Json>
): ReadonlyArray<
  ProcessManager.CommandAnswered<Name, A> | ProcessManager.CommandRefused<Name, F> | ProcessManager.CommandFailed<Name>
> => {
  const refusalOf = Schema.decodeUnknownSync(Schema.toCodecJson(command.Refusal))
  const sent = { command: command.name, key, number: 0, occurredAt }
  return [
    { ...sent, _tag: "CommandAnswered", answer },
    ...refusals.map((refusal) => ({ ...sent, _tag: "CommandRefused" as const, refusal: refusalOf(refusal) })),
    { ...sent, _tag: "CommandFailed", error: "no answer" }
  ]
}

/** The same for what is sent again when it was never heard of. */
const outcomesAgain = <const Name extends string, P extends { readonly _tag: string }, A, F>(
  command: Message.Command<Name, P, A, F>,
  key: string,
  answer: NoInfer<A>,
  ...refusals: ReadonlyArray<Schema.Json>
) => [key, Resending.again(key)].flatMap((key) => outcomes(command, key, answer, ...refusals))

const giveUp = outcomesAgain(
  cancelOrder,
  "give-up",
  { orderId, status: "cancelled", version: 1, total: money },
  { _tag: "OrderNotFound", orderId }
)

const shipment = { ...of, shipmentId }
const dispatched = ShipmentDispatched.make({ ...shipment, trackingNumber: "3SABCD1234567", carrier: "PostNL" })
const calledOff = ShipmentCancelled.make({ ...shipment, reason: "Broken", previousStatus: "packed" })
const noShipment = { _tag: "ShipmentNotFound", shipmentId }

/** What can come to a shipping process. */
export const shipping: ReadonlyArray<InputOf<ReturnType<typeof ShippingProcess.make>>> = [
  approved,
  PaymentCaptured.make({ ...of, paymentId, money }),
  CardDeclined.make({ ...of, paymentId, attempt: 1, code: "insufficient-funds" }),
  ShipmentRequested.make({
    ...shipment,
    customerId,
    lines: lines.map((line) => ({ ...line, productName: "Enamel mug" })),
    destination: Personal.redacted(customerId)
  }),
  dispatched,
  ShipmentDelayed.make({ ...shipment, reason: "Snow" }),
  ShipmentDelivered.make({ ...shipment, signedBy: Personal.redacted(customerId) }),
  calledOff,
  shipped,
  cancelled,
  { ...cancelled, previousStatus: "draft" },
  ...outcomesAgain(
    requestShipment,
    "request",
    { orderId, shipmentId, status: "requested", version: 1 },
    { _tag: "ShipmentImpossible", shipmentId, orderId, reason: "destination-not-served" },
    noShipment
  ),
  ...outcomesAgain(
    withdrawShipment,
    "withdraw",
    { orderId, shipmentId, status: "cancelled", version: 1 },
    { _tag: "ShipmentAlreadyDelivered", shipmentId, status: "delivered" },
    noShipment
  ),
  ...outcomesAgain(
    commitReservation,
    "commit",
    { reservationId, orderId, status: "committed", lines, version: 1 },
    { _tag: "ReservationNotFound", reservationId }
  ),
  ...outcomesAgain(
    shipOrder,
    "ship",
    { orderId, status: "shipped", version: 1, total: money },
    { _tag: "OrderNotFound", orderId }
  ),
  ...outcomesAgain(notifyCustomer, "notify", { orderId, version: 1 }),
  ...giveUp
]

/** Three attempts, and some more for a gateway that is down. */
const attempts = Array.from({ length: 8 }, (_, index) => `pay-${index + 1}`)

/** What can come to a payment process. */
export const payment: ReadonlyArray<InputOf<ReturnType<typeof PaymentProcess.make>>> = [
  placed,
  StockReserved.make({ ...of, reservationId, lines }),
  shipped,
  cancelled,
  dispatched,
  calledOff,
  ...attempts.flatMap((key) =>
    outcomes(
      takePayment,
      key,
      { paymentId, status: "captured", version: 1 },
      { _tag: "PaymentDeclined", paymentId, code: "insufficient-funds" },
      { _tag: "PaymentIsVoid", paymentId }
    )
  ),
  ...["refund-1", "refund-2"].flatMap((key) =>
    outcomes(refundPayment, key, { paymentId, status: "voided", version: 1 }, { _tag: "PaymentNotFound", paymentId })
  ),
  ...giveUp
]
