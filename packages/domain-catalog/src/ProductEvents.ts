/**
 * What happens to products of the catalogue. The catalogue is kept as documents; these events tell others what has changed,
 * and are stored with it. Names and shapes are a storage format.
 */
import { DomainEvent } from "@eventfold/decider"
import { Money, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { Product } from "./Product.ts"

const productId = ProductId
const { name } = Product.fields

/** A product can be bought, for this price a piece. */
export const ProductListed = DomainEvent.make("ProductListed", { productId, name, price: Money.NonNegativeMoney })
/** A product can be bought, for this price a piece. */
export interface ProductListed extends Schema.Schema.Type<typeof ProductListed> {}

/** A product has another price, for orders that are placed from now on. */
export const ProductRepriced = DomainEvent.make("ProductRepriced", {
  productId,
  price: Money.NonNegativeMoney,
  former: Money.NonNegativeMoney
})
/** A product has another price, for orders that are placed from now on. */
export interface ProductRepriced extends Schema.Schema.Type<typeof ProductRepriced> {}

/** A product is not sold any more. */
export const ProductDiscontinued = DomainEvent.make("ProductDiscontinued", { productId })
/** A product is not sold any more. */
export interface ProductDiscontinued extends Schema.Schema.Type<typeof ProductDiscontinued> {}

/** The schema of everything that happens to a product. */
export const ProductEvent = Schema.Union([ProductListed, ProductRepriced, ProductDiscontinued])
/** Something that happened to a product. */
export type ProductEvent = typeof ProductEvent.Type
