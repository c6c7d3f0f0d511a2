/**
 * The bodies of the commands on the catalogue as JSON: what the command holds, less what is in the path.
 *
 * `occurredAt` may be left out: then it is the time of the request.
 */
import { PricingRules, ProductCommands } from "@eventfold/domain-catalog"
import { ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { occurredAt, PointInTime } from "./PointInTime.ts"

const { name, price } = ProductCommands.ListProduct.fields

/** Lets a product be bought. Without a `productId` it is derived from the id of the command, so that a repetition names the same. */
export const ListProduct = Schema.Struct({
  productId: Schema.optionalKey(ProductId),
  name,
  price,
  ...occurredAt
}).annotate({ identifier: "ListProduct" })

/** Gives a product another price. */
export const RepriceProduct = Schema.Struct({ price, ...occurredAt }).annotate({ identifier: "RepriceProduct" })

/** Sells a product no more. */
export const DiscontinueProduct = Schema.Struct(occurredAt).annotate({ identifier: "DiscontinueProduct" })

/** Lets a promotion hold. */
export const AnnouncePromotion = Schema.Struct({
  ...PricingRules.promotionFields,
  from: PointInTime,
  until: PointInTime,
  ...occurredAt
})
  .check(PricingRules.isForSomeTime)
  .annotate({ identifier: "AnnouncePromotion" })

/** Lets a discount on the value of orders hold. */
export const AnnounceDiscount = Schema.Struct({ ...PricingRules.OrderValueDiscount.fields, ...occurredAt }).annotate({
  identifier: "AnnounceDiscount"
})
