/** The identifiers that every bounded context knows; an identifier of one context lives in that context. */
import * as Identifier from "./Identifier.ts"

/** The schema of order identifiers, `order_<uuid>`, with `fromUuid` and `uuidOf`. */
export const OrderId = Identifier.make("order")
/** Names an order. */
export type OrderId = typeof OrderId.Type

/** The schema of customer identifiers, `customer_<uuid>`, with `fromUuid` and `uuidOf`. */
export const CustomerId = Identifier.make("customer")
/** Names a customer. */
export type CustomerId = typeof CustomerId.Type

/** The schema of product identifiers, `product_<uuid>`, with `fromUuid` and `uuidOf`. */
export const ProductId = Identifier.make("product")
/** Names a product. */
export type ProductId = typeof ProductId.Type

/** The schema of account identifiers, `account_<uuid>`, with `fromUuid` and `uuidOf`. */
export const AccountId = Identifier.make("account")
/** Names an account. */
export type AccountId = typeof AccountId.Type
