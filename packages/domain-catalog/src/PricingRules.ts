/**
 * The rules that take something off a price, as data: promotions of products, and discounts on the value of an order. What
 * they say is decided by functions of a line, or of an order, and a time; they know no state.
 */
import { Money, Percentage, ProductId, type Quantity, Text } from "@eventfold/shared-kernel"
import { type DateTime, Schema } from "effect"

/** What a promotion is made of. */
export const promotionFields = {
  /** By which a line says that this rule made its price. */
  name: Text.line(100),
  products: Schema.Array(ProductId).check(Schema.isMinLength(1), Schema.isMaxLength(1_000)),
  /** For lines of as many pieces or more. */
  minimumQuantity: Schema.Int.check(Schema.isGreaterThan(0)),
  discount: Percentage.Percentage,
  from: Schema.DateTimeUtc,
  /** Itself not included. */
  until: Schema.DateTimeUtc
}

/** Holds of a promotion that begins before it ends. */
export const isForSomeTime = Schema.makeFilter(
  ({ from, until }: { readonly from: DateTime.Utc; readonly until: DateTime.Utc }) =>
    from.epochMilliseconds < until.epochMilliseconds ? undefined : { path: ["until"], issue: "must be later than from" }
)

/** The schema of a promotion: so much off these products, from a time on and before another. */
export const Promotion = Schema.Struct(promotionFields).check(isForSomeTime).annotate({ identifier: "Promotion" })
/** So much off these products, for a time. */
export interface Promotion extends Schema.Schema.Type<typeof Promotion> {}

/** The schema of a discount on the value of an order: so much off an order of so much or more. */
export const OrderValueDiscount = Schema.Struct({
  /** By which a line says that this rule made its price. */
  name: Text.line(100),
  /** What the order must come to, promotions taken off. Orders in other currencies are none of its business. */
  atLeast: Money.NonNegativeMoney,
  discount: Percentage.Percentage
}).annotate({ identifier: "OrderValueDiscount" })
/** So much off an order of so much or more. */
export interface OrderValueDiscount extends Schema.Schema.Type<typeof OrderValueDiscount> {}

/** Whether a promotion holds for so many pieces of a product at a time. */
export const isPromoted = (
  { from, minimumQuantity, products, until }: Promotion,
  line: { readonly productId: ProductId; readonly quantity: Quantity.Quantity },
  at: DateTime.Utc
): boolean =>
  products.includes(line.productId) &&
  line.quantity >= minimumQuantity &&
  from.epochMilliseconds <= at.epochMilliseconds &&
  at.epochMilliseconds < until.epochMilliseconds

/** Whether an order comes to enough for a discount. */
export const isWorth = ({ atLeast }: OrderValueDiscount, value: Money.Money): boolean =>
  value.currency === atLeast.currency && value.amount >= atLeast.amount

/** The rule that takes most off; of equal ones the first. Undefined when there is none. */
export const best = <Rule extends { readonly discount: Percentage.Percentage }>(
  rules: ReadonlyArray<Rule>
): Rule | undefined =>
  rules.reduce<Rule | undefined>(
    (found, rule) => (found === undefined || rule.discount > found.discount ? rule : found),
    undefined
  )
