/**
 * What other contexts may know of the catalogue: which products there are and what they cost, which rules made a price and why
 * there is none, and the messages that say so.
 */
export * as CatalogMessages from "./CatalogMessages.ts"
export * as MadeBy from "./MadeBy.ts"
export * as PricingErrors from "./PricingErrors.ts"
export { ProductDiscontinued, ProductEvent as CatalogEvent, ProductListed, ProductRepriced } from "./ProductEvents.ts"
