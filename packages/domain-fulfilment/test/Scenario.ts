/** One of everything: an order with a card that pays, what was published about it, and who refuses what. */
import { Personal } from "@eventfold/decider"
import { CardToken } from "@eventfold/domain-payments/published"
import { OrderApproved, OrderCancelled, OrderPlaced, OrderShipped } from "@eventfold/domain-ordering/published"
import { CardDeclined, PaymentCaptured } from "@eventfold/domain-payments/published"
import { StockReserved } from "@eventfold/domain-inventory/published"
import {
  ShipmentCancelled,
  ShipmentDelayed,
  ShipmentDelivered,
  ShipmentDispatched,
  ShipmentRequested
} from "@eventfold/domain-shipping/published"
import { OrderIds } from "@eventfold/domain-fulfilment"
import { CustomerId, OrderId, Percentage, PersonName, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime } from "effect"

const uuid = "0190f5a2-7c4e-7b1a-9d3f-000000000001"
export const orderId = OrderId.fromUuid(uuid)
export const { paymentId, reservationId, shipmentId } = OrderIds.of(orderId)
export const customerId = CustomerId.fromUuid("0190f5a2-7c4e-7b1a-9d3f-000000000003")
export const token = CardToken.make("tok_visa_4242")
export const money = { amount: 2_500, currency: "EUR" } as const
const nothing = { amount: 0, currency: "EUR" } as const
const product = { productId: ProductId.fromUuid(uuid), quantity: Quantity.Quantity.make(2) }

/** So many seconds after the order was placed. */
export const at = (seconds: number) => DateTime.makeUnsafe(1_714_500_000_000 + seconds * 1_000)

const address = { recipient: "Ada Jansen", street: "Oudegracht 1", city: "Utrecht", country: "Netherlands" }
const line = { ...product, productName: "Enamel mug", unitPrice: { ...money, amount: 1_250 }, total: money }
export const placed = OrderPlaced.make({
  orderId,
  occurredAt: at(0),
  lines: [{ ...line, discount: Percentage.zero }],
  gross: money,
  discount: nothing,
  total: money,
  shippingAddress: Personal.of<typeof address>(customerId, address),
  paymentToken: token
})
const { paymentToken: _, ...withoutCard } = placed
/** An order that people see to. */
export const byHand = withoutCard
/** An order that costs nothing. */
export const free = { ...placed, gross: nothing, total: nothing }

export const input = { orderId, lines: [product], money, token }

const ofOrder = { orderId, occurredAt: at(1) }
export const approved = OrderApproved.make({ ...ofOrder, approvedBy: "fulfilment" })
export const shippedByHand = OrderShipped.make({ ...ofOrder, trackingNumber: "1Z", carrier: "Royal Mail" })
export const cancelled = OrderCancelled.make({
  ...ofOrder,
  cancelledBy: "customer",
  reason: "Ordered twice",
  refundDue: false,
  previousStatus: "placed"
})
export const reserved = StockReserved.make({ ...ofOrder, reservationId, lines: [product] })
export const captured = PaymentCaptured.make({ ...ofOrder, paymentId, money })
export const declined = (attempt: number) =>
  CardDeclined.make({ ...ofOrder, paymentId, attempt, code: "insufficient-funds" })
const shipment = { ...ofOrder, shipmentId }
export const requested = ShipmentRequested.make({
  ...shipment,
  customerId,
  lines: [{ ...product, productName: "Enamel mug" }],
  destination: placed.shippingAddress
})
export const dispatched = ShipmentDispatched.make({ ...shipment, trackingNumber: "3SABCD1234567", carrier: "PostNL" })
export const delayed = ShipmentDelayed.make({ ...shipment, reason: "Snow" })
export const delivered = ShipmentDelivered.make({
  ...shipment,
  signedBy: Personal.of(customerId, PersonName.PersonName.make("Ada Jansen"))
})
export const calledOff = ShipmentCancelled.make({ ...shipment, reason: "Broken", previousStatus: "packed" })

/** Refusals, as they come over a bus. */
export const refusals = {
  stock: {
    _tag: "InsufficientStock",
    reservationId,
    orderId,
    lines: [{ productId: product.productId, requested: 2, available: 1 }]
  },
  payment: { _tag: "PaymentDeclined", paymentId, code: "insufficient-funds" },
  shipment: { _tag: "ShipmentImpossible", shipmentId, orderId, reason: "destination-not-served" }
} as const

const answered = { version: 1 }
/** Answers, as they come over a bus, by command. */
export const answers = {
  "inventory.ReserveStock": { ...answered, reservationId, status: "held", lines: [] },
  "inventory.ReleaseReservation": { ...answered, reservationId, status: "released", lines: [] },
  "payments.TakePayment": { ...answered, paymentId, status: "captured" },
  "payments.RefundPayment": { ...answered, paymentId, status: "voided" },
  "ordering.ApproveOrder": { ...answered, orderId, status: "approved", total: money },
  "ordering.CancelOrder": { ...answered, orderId, status: "cancelled", total: money },
  "shipping.RequestShipment": { ...answered, orderId, shipmentId, status: "requested" },
  "shipping.WithdrawShipment": { ...answered, orderId, shipmentId, status: "cancelled" },
  "fulfilment.NotifyCustomer": { ...answered, orderId }
} as const

/** A command under a key was never heard of. */
export const failed = <const Name extends string>(command: Name, key: string) =>
  ({ _tag: "CommandFailed", command, key, number: 0, occurredAt: at(1), error: "no answer" }) as const

/** Nothing has come for long. */
export const stalled = { _tag: "ProcessStalled", since: at(1), occurredAt: at(1) } as const
