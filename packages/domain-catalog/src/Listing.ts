/**
 * A product of the catalogue, as a decider: listed, repriced, discontinued, and listed again.
 *
 * Its state is kept as a document, which is what an order is priced by; the events tell others. What is already so records
 * nothing, so a repeated command does no harm.
 */
import { Decider } from "@eventfold/decider"
import { Equal, Result, Schema } from "effect"
import * as Refused from "./CatalogErrors.ts"
import { ProductDiscontinued, ProductNotInCatalogue } from "./PricingErrors.ts"
import { Product } from "./Product.ts"
import type * as Commands from "./ProductCommands.ts"
import { ProductEvent } from "./ProductEvents.ts"

/** The schema of what is known of a product; `none` before it is listed for the first time. */
export const ListingState = Schema.Union([Schema.Struct({ status: Schema.tag("none") }), Product])
/** What is known of a product. */
export type ListingState = typeof ListingState.Type

/** The catalogue does not know it. */
export const initial: ListingState = { status: "none" }

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (product: ListingState, event: ProductEvent): ListingState => {
  switch (event._tag) {
    case "ProductListed": {
      const { name, price, productId } = event
      return { productId, name, price, status: "sold" }
    }
    case "ProductRepriced":
      return product.status === "none" ? product : { ...product, price: event.price }
    case "ProductDiscontinued":
      return product.status === "none" ? product : { ...product, status: "discontinued" }
  }
}

type Decision = Result.Result<ReadonlyArray<ProductEvent>, Refused.ProductRefusal>

const record = (...events: ReadonlyArray<ProductEvent>): Decision => Result.succeed(events)
const nothing = record()
const refuse = (refusal: Refused.ProductRefusal): Decision => Result.fail(refusal)

const list = (command: Commands.ListProduct, product: ListingState): Decision => {
  if (product.status !== "sold") return record({ ...command, _tag: "ProductListed" })
  const { productId } = command
  if (command.name !== product.name) return refuse(new Refused.ProductAlreadyListed({ productId, differs: "name" }))
  if (!Equal.equals(command.price, product.price)) {
    return refuse(new Refused.ProductAlreadyListed({ productId, differs: "price" }))
  }
  return nothing
}

/** The events a command causes in a state, none when it is already so; or why it is refused. */
export const decide = (command: Commands.ProductCommand, product: ListingState): Decision => {
  const { productId } = command
  if (command._tag === "ListProduct") return list(command, product)
  if (product.status === "none") return refuse(new ProductNotInCatalogue({ productId }))
  if (command._tag === "DiscontinueProduct") {
    return product.status === "discontinued" ? nothing : record({ ...command, _tag: "ProductDiscontinued" })
  }
  if (product.status === "discontinued") return refuse(new ProductDiscontinued({ productId }))
  return Equal.equals(command.price, product.price)
    ? nothing
    : record({ ...command, _tag: "ProductRepriced", former: product.price })
}

/** A product of the catalogue as a decider. Its documents and streams are named `product`. */
export const Listing = Decider.make({
  category: "product",
  State: ListingState,
  Event: ProductEvent,
  initial,
  evolve,
  decide
})

/**
 * What a command answers, for a state at a version.
 *
 * @throws RangeError for a state without a product: no command succeeds without one, so it is a mistake of the program.
 */
export const answerOf = (product: ListingState, version: number): Commands.ProductAnswer => {
  if (product.status === "none") throw new RangeError("There is no product to answer about")
  return { ...product, version }
}
