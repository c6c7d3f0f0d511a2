/**
 * What can be asked of a product of the catalogue: each is a schema of its payload (`RepriceProduct`) and a message with a
 * typed answer and typed refusals (`repriceProduct`), for a bus to carry.
 *
 * Every command carries `productId` and `occurredAt`. What is already so records nothing.
 */
import { Message } from "@eventfold/decider"
import { Money, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { ProductRefusal } from "./CatalogErrors.ts"
import { Product } from "./Product.ts"

/** The schema of what the commands answer: what the catalogue says of the product now. */
export const ProductAnswer = Schema.Struct({
  ...Product.fields,
  /** How many events there are about the product. */
  version: Schema.Int
}).annotate({ identifier: "ProductAnswer" })
/** What the catalogue says of the product now. */
export interface ProductAnswer extends Schema.Schema.Type<typeof ProductAnswer> {}

const products = { context: "catalog", answer: ProductAnswer, refusal: ProductRefusal } as const
const common = { productId: ProductId, occurredAt: Schema.DateTimeUtc }

/** Lets a product be bought; one that was discontinued is sold again. */
export const ListProduct = Schema.TaggedStruct("ListProduct", {
  ...common,
  name: Product.fields.name,
  price: Money.NonNegativeMoney
})
/** Lets a product be bought; one that was discontinued is sold again. */
export interface ListProduct extends Schema.Schema.Type<typeof ListProduct> {}
/** The message that carries {@link ListProduct}. */
export const listProduct = Message.command({ ...products, payload: ListProduct })

/** Gives a product another price, for orders that are placed from then on. */
export const RepriceProduct = Schema.TaggedStruct("RepriceProduct", { ...common, price: Money.NonNegativeMoney })
/** Gives a product another price, for orders that are placed from then on. */
export interface RepriceProduct extends Schema.Schema.Type<typeof RepriceProduct> {}
/** The message that carries {@link RepriceProduct}. */
export const repriceProduct = Message.command({ ...products, payload: RepriceProduct })

/** Sells a product no more. */
export const DiscontinueProduct = Schema.TaggedStruct("DiscontinueProduct", common)
/** Sells a product no more. */
export interface DiscontinueProduct extends Schema.Schema.Type<typeof DiscontinueProduct> {}
/** The message that carries {@link DiscontinueProduct}. */
export const discontinueProduct = Message.command({ ...products, payload: DiscontinueProduct })

/** The schema of everything that can be asked of a product. */
export const ProductCommand = Schema.Union([ListProduct, RepriceProduct, DiscontinueProduct])
/** Something that can be asked of a product. */
export type ProductCommand = typeof ProductCommand.Type
