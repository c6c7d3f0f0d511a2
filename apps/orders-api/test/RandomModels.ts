/** What sales could be told of a customer, and analytics of an order, at random. */
import { CountCommands } from "@eventfold/domain-analytics"
import { BuyerCommands } from "@eventfold/domain-ordering"
import { CustomerId, OrderId, PersonName, ProductId } from "@eventfold/shared-kernel"
import { type DateTime, Effect, Random } from "effect"

const oneOf = <const A>(first: A, ...others: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, others.length + 1), (index) => [first, ...others][index] ?? first)

/** What sales could be told of a customer. */
export const buyerCommand = Effect.fnUntraced(function* (
  uuid: string,
  occurredAt: DateTime.Utc
): Effect.fn.Return<BuyerCommands.BuyerCommand> {
  const common = { customerId: CustomerId.fromUuid(uuid), occurredAt }
  if ((yield* Random.next) < 0.3) return BuyerCommands.RegisterBuyer.make(common)
  const name = PersonName.PersonName.make(yield* oneOf("Ada Lovelace", "Ada King"))
  const description = yield* oneOf({ name }, { name, company: "Analytical Engines" })
  return BuyerCommands.DescribeBuyer.make({ ...common, description })
})

/** What analytics could be told of an order. */
export const countCommand = Effect.fnUntraced(function* (
  uuid: string,
  occurredAt: DateTime.Utc
): Effect.fn.Return<CountCommands.CountCommand> {
  const common = { orderId: OrderId.fromUuid(uuid), occurredAt }
  const products = [1, 2].map((pieces) => ({ productId: ProductId.fromUuid(uuid), pieces, amount: 333 * pieces }))
  const content = { total: { amount: 999, currency: yield* oneOf("EUR", "JPY") }, products }
  return yield* oneOf<CountCommands.CountCommand>(
    CountCommands.CountOrder.make({ ...common, content }),
    CountCommands.CountShipment.make({ ...common, content }),
    CountCommands.CountCancellation.make(common)
  )
})
