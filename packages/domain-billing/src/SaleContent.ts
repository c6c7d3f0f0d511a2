/**
 * What was sold to whom: the lines of an order as billing sees them, and what they come to.
 *
 * Billing does no arithmetic of prices: what a line costs is what sales says. It checks that the lines add up to the total,
 * to the minor unit, and writes no invoice that does not.
 */
import { CustomerId, Money, type OrderId, ProductId, Quantity, Text } from "@eventfold/shared-kernel"
import { Result, Schema } from "effect"
import { LinesDoNotAddUp } from "./SaleErrors.ts"

/** The most lines a sale has: as many as an order can have. */
export const maximumLines = 200

/** The schema of a line: so many pieces of a product, and what they cost together. */
export const SaleLine = Schema.Struct({
  productId: ProductId,
  productName: Text.line(200),
  quantity: Quantity.Quantity,
  unitPrice: Money.NonNegativeMoney,
  total: Money.NonNegativeMoney
}).annotate({ identifier: "SaleLine" })
/** So many pieces of a product, and what they cost together. */
export interface SaleLine extends Schema.Schema.Type<typeof SaleLine> {}

/** The schema of what was sold to whom. */
export const SaleContent = Schema.Struct({
  customerId: CustomerId,
  lines: Schema.Array(SaleLine).check(Schema.isMinLength(1), Schema.isMaxLength(maximumLines)),
  total: Money.NonNegativeMoney
}).annotate({ identifier: "SaleContent" })
/** What was sold to whom. */
export interface SaleContent extends Schema.Schema.Type<typeof SaleContent> {}

/** What was sold, if its lines add up to its total. */
export const added = (orderId: OrderId, sale: SaleContent): Result.Result<SaleContent, LinesDoNotAddUp> => {
  const { lines, total } = sale
  const sum = Money.sum(
    lines.map((line) => line.total),
    total.currency
  )
  return Result.isSuccess(sum) && sum.success.amount === total.amount
    ? Result.succeed(sale)
    : Result.fail(new LinesDoNotAddUp({ orderId, total }))
}
