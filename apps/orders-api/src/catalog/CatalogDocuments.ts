/** The documents of the catalogue: products, promotions and discounts. */
import { Listing, Rules } from "@eventfold/domain-catalog"
import { DocumentHandler } from "@eventfold/documents"

/** Products. */
export const products = DocumentHandler.make(Listing.Listing)

/** Promotions. */
export const promotions = DocumentHandler.make(Rules.PromotionRule)

/** Discounts on the value of orders. */
export const discounts = DocumentHandler.make(Rules.DiscountRule)
