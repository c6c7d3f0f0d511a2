/** What an order holds, as far as it is counted: pieces and amounts of products. Whose it is, is not kept. */
import { Money, ProductId } from "@eventfold/shared-kernel"
import { Schema } from "effect"

/** The schema of what an order holds. */
export const OrderContent = Schema.Struct({
  total: Money.NonNegativeMoney,
  /** A product once, however many lines it has. Amounts are whole minor units of the currency of the total. */
  products: Schema.Array(
    Schema.Struct({
      productId: ProductId,
      pieces: Schema.Natural,
      amount: Schema.Natural
    })
  )
}).annotate({ identifier: "OrderContent" })
/** What an order holds. */
export interface OrderContent extends Schema.Schema.Type<typeof OrderContent> {}
