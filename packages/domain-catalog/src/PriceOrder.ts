/**
 * Prices an order: a domain service, stateless and pure. What it must know is handed in.
 *
 * The rules, in this order:
 * 1. A line costs what the catalogue says; or what an operator gives, with a reason: another price, a discount of its own, or
 *    the name and price of what the catalogue does not have. What is given is final: rules 2 and 3 leave it alone, and its line
 *    does not count for the value of the order.
 * 2. Of the promotions that hold for a line, the one that takes most off is taken off, of equal ones the first.
 * 3. Of the discounts that the value of the order is enough for, promotions taken off, the one that takes most off is taken
 *    off, of equal ones the first, and shared out over the lines in proportion to what they cost.
 *
 * Guarantees: each line says which rules made its price. Rounding is half-even, to the minor unit, once per line for a
 * promotion and once per order for a discount on its value, which is shared out without a rest. So the total is the sum of
 * the lines to the minor unit, and nothing is ever negative.
 */
import { type Currency, Money, Percentage, type ProductId, type Quantity } from "@eventfold/shared-kernel"
import { type DateTime, Option, Result } from "effect"
import type { MadeBy, Origin, TakenOff } from "./MadeBy.ts"
import * as Refused from "./PricingErrors.ts"
import * as Rules from "./PricingRules.ts"
import type { Product } from "./Product.ts"

/** What somebody gives in place of what the catalogue says. */
export interface GivenPrice {
  /** That of the catalogue when left out. */
  readonly unitPrice?: Money.NonNegativeMoney
  /** Nothing when left out. */
  readonly discount?: Percentage.Percentage
  /** What the product is called if the catalogue does not know it. */
  readonly productName?: string
  /** Why. Without one it is refused. */
  readonly reason?: string
}

/** A line to be priced. */
export interface AskedLine {
  readonly productId: ProductId
  readonly quantity: Quantity.Quantity
  readonly given?: GivenPrice
}

/** Who asks for a price. */
export type AskedBy = "customer" | "operator"

/** An order to be priced, and all that its price depends on. */
export interface ToPrice {
  readonly currency: Currency.Currency
  readonly lines: ReadonlyArray<AskedLine>
  /** Who asks. Only an operator may give prices. */
  readonly askedBy: AskedBy
  /** The business time: what holds then. */
  readonly at: DateTime.Utc
  readonly catalogue: (productId: ProductId) => Option.Option<Product>
  readonly promotions: ReadonlyArray<Rules.Promotion>
  readonly orderValueDiscounts: ReadonlyArray<Rules.OrderValueDiscount>
}

/** So many pieces with their price before any rule takes something off. */
export interface PricedItem {
  readonly productId: ProductId
  readonly productName: string
  readonly quantity: Quantity.Quantity
  readonly unitPrice: Money.NonNegativeMoney
  /** What was given; rules take amounts off. */
  readonly discount: Percentage.Percentage
  /** Where the unit price is from, and then what was taken off, in the order of the rules. */
  readonly madeBy: MadeBy
}

/** A line with its price. `total` is `gross` less the discount that was given, or what its rules took off. */
export interface PricedLine extends PricedItem {
  readonly gross: Money.NonNegativeMoney
  readonly total: Money.NonNegativeMoney
}

/** An order with its prices. `total` is the sum of the lines'. */
export interface PricedOrder {
  readonly lines: ReadonlyArray<PricedLine>
  readonly gross: Money.NonNegativeMoney
  readonly total: Money.NonNegativeMoney
}

/** Prices an order, or says why it cannot be. */
export const priceOrder = (order: ToPrice): Result.Result<PricedOrder, Refused.PricingRefusal> =>
  Result.gen(function* () {
    const { currency } = order
    const lines: Array<PricedLine> = []
    for (const line of order.lines) lines.push(promoted(order, yield* pricedByItself(order, line)))
    const discounted = yield* withOrderValueDiscount(order, lines)
    const sumOf = (part: "gross" | "total") =>
      fits(
        currency,
        Money.sum(
          discounted.map((line) => line[part]),
          currency
        )
      )
    return { lines: discounted, gross: yield* sumOf("gross"), total: yield* sumOf("total") }
  })

/** What pieces cost by themselves, in whatever currency: rule 1. For who puts them into an order that is not placed yet. */
export const priceItem = (
  { askedBy, catalogue }: Pick<ToPrice, "askedBy" | "catalogue">,
  { given, productId, quantity }: AskedLine
): Result.Result<PricedItem, Refused.PricingRefusal> =>
  Result.gen(function* () {
    if (given !== undefined && askedBy !== "operator") {
      return yield* Result.fail(new Refused.PriceNotTheirs({ productId }))
    }
    const product = Option.getOrUndefined(catalogue(productId))
    const productName = product?.name ?? given?.productName
    const unitPrice = given?.unitPrice ?? product?.price
    if (productName === undefined || unitPrice === undefined) {
      return yield* Result.fail(new Refused.ProductNotInCatalogue({ productId }))
    }
    if (given === undefined && product?.status === "discontinued") {
      return yield* Result.fail(new Refused.ProductDiscontinued({ productId }))
    }
    const reason = given?.reason?.trim() ?? ""
    if (given !== undefined && reason === "") {
      return yield* Result.fail(new Refused.PriceReasonMissing({ productId }))
    }
    const origin: Origin = given === undefined ? { rule: "catalogue" } : { rule: "given", reason }
    const discount = given?.discount ?? Percentage.zero
    return { productId, productName, quantity, unitPrice, discount, madeBy: [origin] }
  })

const pricedByItself = (order: ToPrice, line: AskedLine): Result.Result<PricedLine, Refused.PricingRefusal> =>
  Result.gen(function* () {
    const item = yield* priceItem(order, line)
    const { discount, productId, quantity, unitPrice } = item
    const { currency } = order
    if (unitPrice.currency !== currency) {
      return yield* Result.fail(new Refused.PriceCurrencyDiffers({ productId, currency, price: unitPrice }))
    }
    const gross = yield* fits(currency, Money.multiply(unitPrice, quantity))
    return { ...item, gross, total: yield* fits(currency, Money.discounted(unitPrice, quantity, discount)) }
  })

/** Rule 2. */
const promoted = ({ at, promotions }: ToPrice, line: PricedLine): PricedLine => {
  if (isGiven(line)) return line
  const promotion = Rules.best(promotions.filter((one) => Rules.isPromoted(one, line, at)))
  if (promotion === undefined) return line
  return less(line, "promotion", promotion.name, Money.percentageOf(line.gross, promotion.discount))
}

/** Rule 3. */
const withOrderValueDiscount = (
  { currency, orderValueDiscounts }: ToPrice,
  lines: ReadonlyArray<PricedLine>
): Result.Result<ReadonlyArray<PricedLine>, Refused.PriceTooLarge> =>
  Result.gen(function* () {
    const counting = lines.map((line) => (isGiven(line) ? Money.zero(currency) : line.total))
    const value = yield* fits(currency, Money.sum(counting, currency))
    const discount = Rules.best(orderValueDiscounts.filter((one) => Rules.isWorth(one, value)))
    if (discount === undefined || value.amount === 0) return lines
    const off = Money.percentageOf(value, discount.discount)
    // What a line costs bounds its share: no share is a whole unit above its exact part, which is no more than the line.
    const shares = Result.getOrThrow(
      Money.allocate(
        off,
        counting.map(({ amount }) => amount)
      )
    )
    return lines.map((line, index) => {
      const share = shares[index]
      return share === undefined || isGiven(line) ? line : less(line, "order-value", discount.name, share)
    })
  })

const isGiven = ({ madeBy: [first] }: PricedLine): boolean => first.rule === "given"

const less = (line: PricedLine, rule: TakenOff["rule"], name: string, off: Money.Money): PricedLine => ({
  ...line,
  total: { ...line.total, amount: line.total.amount - off.amount },
  madeBy: [...line.madeBy, { rule, name, off }]
})

/** Currencies have been compared and quantities are whole, so an amount can only be too large. */
const fits = <E>(
  currency: Currency.Currency,
  money: Result.Result<Money.Money, E>
): Result.Result<Money.Money, Refused.PriceTooLarge> =>
  Result.mapError(money, () => new Refused.PriceTooLarge({ currency }))
