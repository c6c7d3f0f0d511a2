/**
 * What ordering tells other contexts of how much was sold: the pieces of some products over some days. Read from a read model, so it
 * is a moment behind.
 */
import { Message, UtcDay } from "@eventfold/decider"
import { SalesByProductDay } from "@eventfold/domain-ordering"
import { QueryBus, StreamId } from "@eventfold/event-store"
import { ProductId } from "@eventfold/shared-kernel"
import { ReadModels } from "@eventfold/subscriptions"
import { Effect, Schema } from "effect"

/** The most products that are asked for together: what was sold of them on 28 days is one question, of 1,000 rows at most. */
export const mostProducts = 35

/** Over so many days, at the most. */
export const mostDays = 28

/** How many pieces were sold of a product: placed, and not cancelled. A product that was not sold is left out. */
export const PiecesSold = Schema.Struct({ productId: ProductId, pieces: Schema.Int })

/** Asks for what was sold of some products from one day to another, both included: 28 days at the most. */
export const CountPiecesSold = Schema.TaggedStruct("CountPiecesSold", {
  tenant: StreamId.Tenant,
  productIds: Schema.Array(ProductId).check(Schema.isMaxLength(mostProducts)),
  from: UtcDay.UtcDay,
  to: UtcDay.UtcDay
})
/** The message that carries {@link CountPiecesSold}. */
export const countPiecesSold = Message.query({
  context: "ordering",
  payload: CountPiecesSold,
  answer: Schema.Array(PiecesSold),
  refusal: Schema.Never
})

/** The handler of {@link countPiecesSold}. */
export const handler = QueryBus.handler(
  countPiecesSold,
  Effect.fnUntraced(function* ({ from, productIds, tenant, to }) {
    const sales = yield* (yield* ReadModels).find(SalesByProductDay.readModel, tenant, {
      where: SalesByProductDay.between(productIds, from, to),
      limit: mostProducts * mostDays
    })
    const sold = new Map<ProductId, number>()
    for (const { netPieces, productId } of sales.rows) sold.set(productId, (sold.get(productId) ?? 0) + netPieces)
    return Array.from(sold, ([productId, pieces]) => ({ productId, pieces }))
  })
)
