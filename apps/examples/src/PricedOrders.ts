/**
 * Pricing an order, the other domain service of D2: what it costs is decided by rules of the catalogue, when it is placed.
 *
 * Pricing itself is a pure function, `PriceOrder` of the catalogue. Before a command is handled, ordering asks the catalogue through
 * its `PriceList`, and hands the prices to the order with the command.
 */
import type { Message } from "@eventfold/decider"
import type { Documents } from "@eventfold/documents"
import { type MadeBy, PricingRules, ProductCommands, RuleCommands } from "@eventfold/domain-catalog"
import { Order, OrderCommands, type PriceList } from "@eventfold/domain-ordering"
import {
  CommandBus,
  CommandHandler,
  type CommandServices,
  ContextQueries,
  StreamId,
  type Transaction
} from "@eventfold/event-store"
import { ProductCatalog } from "@eventfold/orders-api/catalog/ProductCatalog"
import * as CatalogCommandHandlers from "@eventfold/orders-api/commands/CatalogCommandHandlers"
import * as OrderCommandHandlers from "@eventfold/orders-api/commands/OrderCommandHandlers"
import * as OrderPriceList from "@eventfold/orders-api/commands/OrderPriceList"
import * as CatalogPrices from "@eventfold/orders-api/queries/CatalogPrices"
import { CustomerId, Money, OrderId, Percentage, ProductId, Quantity } from "@eventfold/shared-kernel"
import { Console, DateTime, Effect, Layer, Result } from "effect"
import { SecureRandom } from "effect/crypto"

const orders = CommandHandler.make(Order.Order)

const bus = CommandBus.layer<CommandServices | Documents | Transaction | PriceList.PriceList>([
  ...CatalogCommandHandlers.handlers,
  ...OrderCommandHandlers.handlers
]).pipe(
  Layer.provide(OrderPriceList.layer),
  Layer.provide(ContextQueries.layer(CatalogPrices.handlers)),
  Layer.provide(ProductCatalog.layer),
  Layer.fresh
)

const eur = (cents: number) => ({ amount: cents, currency: "EUR" }) as const
const percent = (share: number) => Percentage.Percentage.make(share * 100)

const partOf = (part: MadeBy.Origin | MadeBy.TakenOff) => {
  switch (part.rule) {
    case "catalogue":
      return "catalogue"
    case "given":
      return `given: ${part.reason}`
    case "promotion":
    case "order-value":
      return `${part.name} -${Money.format(part.off)}`
  }
}

const refusalOf = <A, E extends { readonly _tag: string }, R>(command: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.result(command), (result) => (Result.isFailure(result) ? result.failure._tag : "nothing"))

/** The story. */
export const program = Effect.gen(function* () {
  const commands = yield* CommandBus
  const tenant = `example-${SecureRandom.uuidV7Unsafe()}`
  const send = Effect.fnUntraced(function* <P extends { readonly _tag: string }, A, F>(
    command: Message.Command<string, P, A, F>,
    payload: NoInfer<P>
  ) {
    return yield* commands.dispatch(command, { id: SecureRandom.uuidV7Unsafe(), tenant, payload })
  })
  const occurredAt = yield* DateTime.now
  const list = Effect.fnUntraced(function* (name: string, cents: number) {
    const productId = ProductId.fromUuid(SecureRandom.uuidV7Unsafe())
    yield* send(ProductCommands.listProduct, { _tag: "ListProduct", productId, name, price: eur(cents), occurredAt })
    return productId
  })
  const draft = (...items: ReadonlyArray<OrderCommands.AskedItem>) => {
    const orderId = OrderId.fromUuid(SecureRandom.uuidV7Unsafe())
    const customerId = CustomerId.fromUuid(SecureRandom.uuidV7Unsafe())
    const order = { orderId, customerId, currency: "EUR", items, occurredAt } as const
    return { orderId, command: OrderCommands.DraftOrder.make(order) }
  }
  const pieces = (productId: ProductId, quantity: number) =>
    OrderCommands.AskedItem.make({ productId, quantity: Quantity.Quantity.make(quantity) })
  const place = Effect.fnUntraced(function* (orderId: OrderId) {
    const shippingAddress = { recipient: "Ada", street: "Oudegracht 1", city: "Utrecht", country: "Netherlands" }
    yield* send(OrderCommands.placeOrder, { _tag: "PlaceOrder", orderId, shippingAddress, occurredAt })
    const { state } = yield* orders.load(StreamId.make(tenant, Order.Order.category, orderId))
    if (state.status !== "placed") return
    for (const { madeBy = [], productName, quantity, total } of state.lines) {
      yield* Console.log(`  ${quantity} × ${productName}: ${Money.format(total)} (${madeBy.map(partOf).join(", ")})`)
    }
    yield* Console.log(
      `  ${Money.format(state.gross)} less ${Money.format(state.discount)} is ${Money.format(state.total)}`
    )
  })

  yield* Console.log("The catalogue has mugs at 12.50 and teapots at 50.00; Ada drafts an order")
  const [mug, teapot] = [yield* list("mug", 1_250), yield* list("teapot", 5_000)]
  const first = draft(pieces(mug, 4), pieces(teapot, 1))
  const { total } = yield* send(OrderCommands.draftOrder, first.command)
  yield* Console.log(`  it would cost ${Money.format(total)}`)

  yield* Console.log(
    "Mugs become cheaper for who takes three, orders of 80 or more do, teapots become dearer; she places it"
  )
  // #region rules
  yield* send(RuleCommands.announcePromotion, {
    _tag: "AnnouncePromotion",
    ruleId: "three-mugs",
    promotion: PricingRules.Promotion.make({
      name: "Three mugs",
      products: [mug],
      minimumQuantity: 3,
      discount: percent(10),
      from: DateTime.subtract(occurredAt, { days: 1 }),
      until: DateTime.add(occurredAt, { days: 1 })
    }),
    occurredAt
  })
  yield* send(RuleCommands.announceOrderValueDiscount, {
    _tag: "AnnounceOrderValueDiscount",
    ruleId: "large-order",
    discount: PricingRules.OrderValueDiscount.make({ name: "Large order", atLeast: eur(8_000), discount: percent(5) }),
    occurredAt
  })
  // #endregion rules
  yield* send(ProductCommands.repriceProduct, {
    _tag: "RepriceProduct",
    productId: teapot,
    price: eur(5_500),
    occurredAt
  })
  yield* place(first.orderId)

  yield* Console.log("Somebody gives a price: who is no operator is refused, an operator says why")
  // #region given
  const cheap = draft({ ...pieces(teapot, 1), unitPrice: eur(4_000), priceReason: "the lid is scratched" })
  yield* Console.log(`  ${yield* refusalOf(send(OrderCommands.draftOrder, cheap.command))}`)
  yield* send(OrderCommands.draftOrder, { ...cheap.command, askedBy: "operator" })
  // #endregion given
  yield* place(cheap.orderId)

  yield* Console.log("Teapots are not sold any more")
  const late = draft(pieces(teapot, 1))
  yield* send(ProductCommands.discontinueProduct, { _tag: "DiscontinueProduct", productId: teapot, occurredAt })
  yield* Console.log(`  ${yield* refusalOf(send(OrderCommands.draftOrder, late.command))}`)
}).pipe(Effect.provide(bus))
