/** The query parameters that say which orders are meant. */
import { OrderStatus } from "@eventfold/domain-ordering"
import { Currency, CustomerId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { PointInTime } from "./PointInTime.ts"
import { wholeNumber } from "./WholeNumber.ts"

const amountRule = { message: "must be a whole number of minor units, from 0" }

const Amount = wholeNumber(amountRule, 0, Number.MAX_SAFE_INTEGER)

/** What orders are listed by; what is left out does not restrict. */
export const orderFilter = {
  customerId: Schema.optionalKey(CustomerId),
  status: Schema.optionalKey(OrderStatus.OrderStatus),
  currency: Schema.optionalKey(Currency.Currency),
  minTotal: Schema.optionalKey(Amount),
  maxTotal: Schema.optionalKey(Amount),
  placedFrom: Schema.optionalKey(PointInTime),
  placedTo: Schema.optionalKey(PointInTime)
}
