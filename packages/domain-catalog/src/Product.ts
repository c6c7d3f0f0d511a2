/** What the catalogue says of a product: its name, what a piece of it costs, and whether it is still sold. */
import { Money, ProductId, Text } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** The schema of a product. */
export const Product = Schema.Struct({
  productId: ProductId,
  name: Text.line(200),
  /** What a piece costs. */
  price: Money.NonNegativeMoney,
  /** A product that is not sold any more is in the catalogue for the orders there were. */
  status: Schema.Literals(["sold", "discontinued"])
}).annotate({ identifier: "Product" })
/** What the catalogue says of a product. */
export interface Product extends Schema.Schema.Type<typeof Product> {}
