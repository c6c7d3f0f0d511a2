/** Why an order cannot be priced: one typed error per reason, each naming the product and the facts that decide. */
import { Currency, Money, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"

const product = { productId: ProductId }

/** The catalogue has no such product. */
export class ProductNotInCatalogue extends Schema.TaggedError<ProductNotInCatalogue>()(
  "ProductNotInCatalogue",
  product
) {
  override get message() {
    return `there is no product ${this.productId} in the catalogue`
  }
}

/** The product is not sold any more. An operator may give it a price. */
export class ProductDiscontinued extends Schema.TaggedError<ProductDiscontinued>()("ProductDiscontinued", product) {
  override get message() {
    return `product ${this.productId} is not sold any more`
  }
}

/** The price is in another currency than the order. */
export class PriceCurrencyDiffers extends Schema.TaggedError<PriceCurrencyDiffers>()("PriceCurrencyDiffers", {
  ...product,
  currency: Currency.Currency,
  price: Money.NonNegativeMoney
}) {
  override get message() {
    return `product ${this.productId} costs ${Money.format(this.price)}, the order is in ${this.currency}`
  }
}

/** Only an operator may give a price. */
export class PriceNotTheirs extends Schema.TaggedError<PriceNotTheirs>()("PriceNotTheirs", product) {
  override get message() {
    return `the price of product ${this.productId} comes from the catalogue: only an operator may give another one`
  }
}

/** An operator who gives a price says why. */
export class PriceReasonMissing extends Schema.TaggedError<PriceReasonMissing>()("PriceReasonMissing", product) {
  override get message() {
    return `the price given for product ${this.productId} needs a reason`
  }
}

/** The order would come to more than an amount of money can be. */
export class PriceTooLarge extends Schema.TaggedError<PriceTooLarge>()("PriceTooLarge", {
  currency: Currency.Currency
}) {
  override get message() {
    return `the order would come to more ${this.currency} than an amount of money can be`
  }
}

/** The schema of every reason why an order cannot be priced. */
export const PricingRefusal = Schema.Union([
  ProductNotInCatalogue,
  ProductDiscontinued,
  PriceCurrencyDiffers,
  PriceNotTheirs,
  PriceReasonMissing,
  PriceTooLarge
])
/** Why an order cannot be priced. */
export type PricingRefusal = typeof PricingRefusal.Type
