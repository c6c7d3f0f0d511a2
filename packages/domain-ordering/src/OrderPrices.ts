/** What an order makes of prices from outside: it takes them for its own lines, and no others, and adds them up itself. */
import { Equal, Result, Struct } from "effect"
import * as Refused from "./OrderErrors.ts"
import * as OrderLines from "./OrderLines.ts"

const goodsOf = (line: OrderLines.OrderLine) => Struct.pick(line, ["productId", "quantity"])

/**
 * The lines an order is placed with, and their sums. Refused when they are not those of the order, in the same order and in its
 * currency, when one costs more than its pieces do, or when they come to more than money can hold.
 */
export const placed = (
  lines: ReadonlyArray<OrderLines.OrderLine>,
  order: OrderLines.LinesOfOrder
): Result.Result<OrderLines.OrderLines, Refused.PricesOfOtherLines | Refused.OrderTotalTooLarge> => {
  const { orderId } = order
  const { currency } = order.total
  const isForeign = ({ quantity, total, unitPrice }: OrderLines.OrderLine) =>
    total.currency !== currency || unitPrice.currency !== currency || total.amount > unitPrice.amount * quantity
  if (!Equal.equals(lines.map(goodsOf), order.lines.map(goodsOf)) || lines.some(isForeign)) {
    return Result.fail(new Refused.PricesOfOtherLines({ orderId }))
  }
  return OrderLines.summed(orderId, currency, lines)
}

/** What was asked for with a line: of what the catalogue prices, that and how much. */
export const asAsked = (line: OrderLines.OrderLine) =>
  OrderLines.isOfCatalogue(line) ? goodsOf(line) : Struct.omit(line, ["madeBy"])
