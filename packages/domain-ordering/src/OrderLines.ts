/**
 * The lines of an order and what they cost: pure arithmetic, exact to the minor unit.
 *
 * Guarantees: one line per product, at most 200 lines, all in the order's currency; a line's total is unit price ×
 * quantity less its discount, rounded half-even once; once the order is placed, less what the rules of the catalogue took off,
 * too. The order's total is the sum of its lines' totals. Whatever would break this is refused with a typed error.
 *
 * A price is that of the catalogue, or was given; `madeBy` says which. Where it does not say, the price was given before
 * anybody asked why.
 */
import { MadeBy } from "@eventfold/domain-catalog/published"
import { type Currency, Money, type OrderId, Percentage, ProductId, Quantity, Text } from "@eventfold/shared-kernel"
import { Equal, Result, Schema } from "effect"
import * as Refused from "./OrderErrors.ts"

/** How many lines an order can have. */
export const maximumLines = 200

/** The schema of an item: so many pieces of a product at a price, less a discount in basis points. */
export const OrderItem = Schema.Struct({
  productId: ProductId,
  productName: Text.line(200),
  quantity: Quantity.Quantity,
  unitPrice: Money.NonNegativeMoney,
  discount: Percentage.Percentage,
  /** Which rules made the price. Absent in what was stored before prices came from the catalogue. */
  madeBy: Schema.optionalKey(MadeBy.MadeBy)
})
/** An item to put into an order. */
export interface OrderItem extends Schema.Schema.Type<typeof OrderItem> {}

/** The schema of a line: an item and its total, discount taken off, and what rules took off. */
export const OrderLine = Schema.Struct({ ...OrderItem.fields, total: Money.NonNegativeMoney })
/** A line of an order. */
export interface OrderLine extends Schema.Schema.Type<typeof OrderLine> {}

/** The schema of an order's lines with their sums: `total` = `gross` (without discounts) − `discount`. */
export const OrderLines = Schema.Struct({
  lines: Schema.Array(OrderLine).check(Schema.isMaxLength(maximumLines)),
  gross: Money.NonNegativeMoney,
  discount: Money.NonNegativeMoney,
  total: Money.NonNegativeMoney
})
/** The lines of an order with their sums. */
export interface OrderLines extends Schema.Schema.Type<typeof OrderLines> {}

/** Lines that belong to an order, which the refusals name. */
export interface LinesOfOrder extends OrderLines {
  readonly orderId: OrderId
}

/** No lines yet, in the order's currency. */
export const empty = (currency: Currency.Currency): OrderLines => {
  const zero = Money.zero(currency)
  return { lines: [], gross: zero, discount: zero, total: zero }
}

/** Whether the price of an item is that of the catalogue: then it is only settled when the order is placed. */
export const isOfCatalogue = ({ madeBy }: Pick<OrderItem, "madeBy">): boolean =>
  madeBy !== undefined && MadeBy.isOfCatalogue(madeBy)

/**
 * Adds an item: as a new line, or as more pieces of the line that has this product at the same price and discount, for the same
 * reason. What is priced by the catalogue has its newest price.
 */
export const add = (
  order: LinesOfOrder,
  item: OrderItem
): Result.Result<
  OrderLines,
  | Refused.ItemCurrencyDiffers
  | Refused.ItemPriceDiffers
  | Refused.ItemQuantityTooLarge
  | Refused.TooManyLines
  | Refused.OrderTotalTooLarge
> => {
  const { orderId, lines } = order
  const { productId, productName, unitPrice, discount, madeBy } = item
  const priced = { productId, productName, unitPrice, discount, ...(madeBy === undefined ? {} : { madeBy }) }
  if (unitPrice.currency !== order.total.currency) {
    const currencies = { orderCurrency: order.total.currency, itemCurrency: unitPrice.currency }
    return Result.fail(new Refused.ItemCurrencyDiffers({ orderId, productId, ...currencies }))
  }
  const line = lines.find((line) => line.productId === productId)
  if (line === undefined) {
    return lines.length < maximumLines
      ? exchange(order, undefined, { ...priced, quantity: item.quantity })
      : Result.fail(new Refused.TooManyLines({ orderId, maximum: maximumLines }))
  }
  const isSame =
    (isOfCatalogue(line) && isOfCatalogue(item)) ||
    (line.unitPrice.amount === unitPrice.amount && line.discount === discount && Equal.equals(line.madeBy, madeBy))
  if (!isSame) {
    const { unitPrice, discount } = line
    return Result.fail(new Refused.ItemPriceDiffers({ orderId, productId, unitPrice, discount }))
  }
  const quantity = line.quantity + item.quantity
  return quantity <= Quantity.maximum
    ? exchange(order, line, { ...priced, quantity: Quantity.Quantity.make(quantity) })
    : Result.fail(new Refused.ItemQuantityTooLarge({ orderId, productId, quantity }))
}

/** Sets the quantity of the line that has this product. */
export const changeQuantity = (
  order: LinesOfOrder,
  productId: ProductId,
  quantity: Quantity.Quantity
): Result.Result<OrderLines, Refused.ItemNotFound | Refused.OrderTotalTooLarge> =>
  Result.flatMap(find(order, productId), (line) => exchange(order, line, { ...line, quantity }))

/** Removes the line that has this product. */
export const remove = (
  order: LinesOfOrder,
  productId: ProductId
): Result.Result<OrderLines, Refused.ItemNotFound | Refused.OrderTotalTooLarge> =>
  Result.flatMap(find(order, productId), (line) => exchange(order, line, undefined))

/** Lines that have been priced, with their sums. Fails when these are more than money can hold. */
export const summed = (
  orderId: OrderId,
  currency: Currency.Currency,
  lines: ReadonlyArray<OrderLine>
): Result.Result<OrderLines, Refused.OrderTotalTooLarge> =>
  Result.gen(function* () {
    let [gross, total]: [Money.Money, Money.Money] = [Money.zero(currency), Money.zero(currency)]
    for (const line of lines) {
      gross = yield* Money.add(gross, yield* Money.multiply(line.unitPrice, line.quantity))
      total = yield* Money.add(total, line.total)
    }
    return { lines, gross, discount: yield* Money.subtract(gross, total), total }
  }).pipe(Result.mapError(() => new Refused.OrderTotalTooLarge({ orderId })))

/** The line that has this product. */
export const find = (order: LinesOfOrder, productId: ProductId): Result.Result<OrderLine, Refused.ItemNotFound> => {
  const line = order.lines.find((line) => line.productId === productId)
  return line === undefined
    ? Result.fail(new Refused.ItemNotFound({ orderId: order.orderId, productId }))
    : Result.succeed(line)
}

/**
 * Exchanges a line, adds one (no `before`) or takes one out (no `after`), and moves the sums by the difference.
 * Currencies and quantities are sound here: only size can make it fail.
 */
const exchange = (
  order: LinesOfOrder,
  before: OrderLine | undefined,
  after: OrderItem | undefined
): Result.Result<OrderLines, Refused.OrderTotalTooLarge> =>
  Result.gen(function* () {
    const { currency } = order.total
    const nothing = { gross: Money.zero(currency), total: Money.zero(currency) }
    const out = before === undefined ? nothing : yield* priced(before)
    const into = after === undefined ? nothing : yield* priced(after)
    const gross = yield* Money.sum([order.gross, into.gross, Money.negate(out.gross)], currency)
    const total = yield* Money.sum([order.total, into.total, Money.negate(out.total)], currency)
    const line = after === undefined ? [] : [{ ...after, total: into.total }]
    const lines =
      before === undefined
        ? [...order.lines, ...line]
        : order.lines.flatMap((each) => (each === before ? line : [each]))
    return { lines, gross, discount: yield* Money.subtract(gross, total), total }
  }).pipe(Result.mapError(() => new Refused.OrderTotalTooLarge({ orderId: order.orderId })))

const priced = ({ unitPrice, quantity, discount }: OrderItem) =>
  Result.all({
    gross: Money.multiply(unitPrice, quantity),
    total: Money.discounted(unitPrice, quantity, discount)
  })
