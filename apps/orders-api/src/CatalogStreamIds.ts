/** What the documents of the catalogue, and the streams that tell of them, are called. It is a storage format: it never changes. */
import { Listing, type RuleId, Rules } from "@eventfold/domain-catalog"
import { StreamId } from "@eventfold/event-store"
import type { ProductId } from "@eventfold/shared-kernel"

/** A product of the catalogue. */
export const productStreamOf = (tenant: string, productId: ProductId): StreamId.StreamId =>
  StreamId.make(tenant, Listing.Listing.category, productId)

/** A promotion. */
export const promotionStreamOf = (tenant: string, ruleId: RuleId): StreamId.StreamId =>
  StreamId.make(tenant, Rules.PromotionRule.category, ruleId)

/** A discount on the value of orders. */
export const discountStreamOf = (tenant: string, ruleId: RuleId): StreamId.StreamId =>
  StreamId.make(tenant, Rules.DiscountRule.category, ruleId)
