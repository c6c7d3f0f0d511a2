/**
 * What was taken for an order and given back, over all its payments, per currency: whole minor units.
 *
 * An order for which nothing was captured has no row.
 */
import { Projection, ReadModel, Rows } from "@eventfold/decider"
import { Currency, OrderId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { FeeNotReturned, PaymentCaptured, PaymentRefunded } from "../PaymentEvents.ts"

/** The schema of a row. */
export const PaymentsOfOrderRow = Schema.Struct({
  orderId: OrderId,
  currency: Currency.Currency,
  /** Minor units captured. */
  captured: Schema.Int,
  /** Minor units given back. */
  refunded: Schema.Int,
  /** Minor units the gateway kept of what was given back: a discrepancy. */
  feesKept: Schema.Int
}).annotate({ identifier: "PaymentsOfOrderRow" })
/** What was taken for an order in a currency. */
export type PaymentsOfOrderRow = typeof PaymentsOfOrderRow.Type

/** The payments of orders, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "payments_of_order",
  key: ["orderId", "currency"],
  row: PaymentsOfOrderRow
})

/** What was taken for each order and given back. */
export const PaymentsOfOrder = Projection.counters({
  readModel,
  events: Schema.Union([PaymentCaptured, PaymentRefunded, FeeNotReturned]),
  counters: ["captured", "refunded", "feesKept"],
  initial: (key) => ({ ...key, captured: 0, refunded: 0, feesKept: 0 }),
  count: (event) => {
    const { orderId } = event
    switch (event._tag) {
      case "PaymentCaptured":
        return [Projection.increment({ orderId, currency: event.money.currency }, "captured", event.money.amount)]
      case "PaymentRefunded":
        return [Projection.increment({ orderId, currency: event.money.currency }, "refunded", event.money.amount)]
      case "FeeNotReturned":
        return [Projection.increment({ orderId, currency: event.fee.currency }, "feesKept", event.fee.amount)]
    }
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)
