/** Random walks: sequences of commands to one order, and what becomes of it on the way. */
import type { PricedCommand } from "@eventfold/domain-ordering"
import { Arbitrary, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

export { walk } from "./Scenario.ts"

const { draft } = Scenario

const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

// Few products, customers and details, so that commands meet each other; amounts from nothing to too much.
const Product = Arbitrary.schema(whole(1, 4))
const Item = Arbitrary.map(
  Arbitrary.all({
    product: Product,
    count: Arbitrary.schema(Schema.Union([whole(1, 9), whole(1, 9), whole(1, 9), whole(500_000, 1_000_000)])),
    usual: Arbitrary.schema(Schema.Literals([true, true, true, false])),
    price: Arbitrary.schema(Schema.Union([whole(0, 99), whole(1_001, 9_999_999), whole(2 ** 45, 2 ** 53 - 1)])),
    discount: Arbitrary.schema(Schema.Literals([0, 5, 15, 33.33, 100])),
    currency: Arbitrary.schema(Schema.Literals(["USD", "USD", "USD", "EUR"]))
  }),
  ({ product, count, usual, price, discount, currency }) => {
    if (usual) return Scenario.item(product, count, 333 * product, 15)
    const item = Scenario.item(product, count, price, discount)
    return { ...item, unitPrice: { ...item.unitPrice, currency } }
  }
)
const Flag = Arbitrary.schema(Schema.Boolean)

const kinds = {
  DraftOrder: Arbitrary.map(Arbitrary.all([Flag, Arbitrary.array(Item, { maxLength: 3 })]), ([same, items]) => ({
    ...draft,
    customerId: same ? Scenario.customerId : Scenario.otherCustomerId,
    ...(items.length === 0 ? {} : { items })
  })),
  AddItem: Arbitrary.map(Item, (item) => ({ ...Scenario.add(1), ...item })),
  ChangeItemQuantity: Arbitrary.map(Item, ({ productId, quantity }) => ({
    ...Scenario.change(1, 1),
    productId,
    quantity
  })),
  RemoveItem: Arbitrary.map(Product, Scenario.remove),
  PlaceOrder: Arbitrary.map(Flag, (here) => ({
    ...Scenario.place,
    shippingAddress: { ...Scenario.shippingAddress, city: here ? "Münster" : "Köln" }
  })),
  ApproveOrder: Arbitrary.Constant(Scenario.approve),
  ShipOrder: Arbitrary.map(Flag, (fast) => ({ ...Scenario.ship, carrier: fast ? "Speedy Express" : "Federal" })),
  DeliverOrder: Arbitrary.Constant(Scenario.deliver),
  CancelOrder: Arbitrary.map(Flag, (refundDue) => (refundDue ? { ...Scenario.cancel, refundDue } : Scenario.cancel))
} satisfies Record<PricedCommand["_tag"], Arbitrary.Arbitrary<PricedCommand>>

const edits = ["DraftOrder", "AddItem", "AddItem", "AddItem", "ChangeItemQuantity", "RemoveItem"] as const
const moves = [
  "PlaceOrder",
  "ApproveOrder",
  "ApproveOrder",
  "ShipOrder",
  "ShipOrder",
  "DeliverOrder",
  "CancelOrder"
] as const
const commandsOf = (tags: ReadonlyArray<keyof typeof kinds>, maxLength: number) =>
  Arbitrary.array(
    Arbitrary.flatMap(Arbitrary.schema(Schema.Literals(tags)), (tag): Arbitrary.Arbitrary<PricedCommand> => kinds[tag]),
    { maxLength }
  )

/** Commands in some order that makes sense: mostly edits, then mostly moves, with anything in between. */
export const Walk = Arbitrary.map(
  Arbitrary.all([
    Arbitrary.schema(Schema.Literals([true, true, true, false])),
    commandsOf(edits, 12),
    commandsOf([...edits, ...moves], 4),
    commandsOf(moves, 12)
  ]),
  ([drafted, ...parts]): ReadonlyArray<PricedCommand> => [...(drafted ? [draft] : []), ...parts.flat()]
)
