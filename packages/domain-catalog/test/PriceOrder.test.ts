import { assert, describe, it } from "@effect/vitest"
import { PriceOrder, type PricingErrors, PricingRules, Product } from "@eventfold/domain-catalog"
import { type Money, Percentage, ProductId, Quantity } from "@eventfold/shared-kernel"
import { effort } from "@eventfold/testing"
import { Arbitrary, DateTime, Option, Result, Schema } from "effect"

const at = DateTime.makeUnsafe("2024-05-15T12:00:00Z")
const eur = (amount: number): Money.Money => ({ amount, currency: "EUR" })
const idOf = (number: number) => ProductId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-00000000000${number}`)
const percent = (basisPoints: number) => Percentage.Percentage.make(basisPoints)
const product = (number: number, price: Money.Money, status: "sold" | "discontinued" = "sold") =>
  Product.Product.make({ productId: idOf(number), name: `Mug ${number}`, price, status })
const catalogue = new Map(
  [
    product(0, eur(1_000)),
    product(1, eur(333)),
    product(2, eur(99), "discontinued"),
    product(3, { amount: 5, currency: "USD" })
  ].map((one) => [one.productId, one] as const)
)
const promotion = (name: string, discount: number, other: Partial<PricingRules.Promotion> = {}) =>
  PricingRules.Promotion.make({
    name,
    products: [idOf(0), idOf(1)],
    minimumQuantity: 1,
    discount: percent(discount),
    from: DateTime.makeUnsafe("2024-05-01T00:00:00Z"),
    until: DateTime.makeUnsafe("2024-06-01T00:00:00Z"),
    ...other
  })
const value = (name: string, atLeast: number, discount: number) =>
  PricingRules.OrderValueDiscount.make({ name, atLeast: eur(atLeast), discount: percent(discount) })

const line = (number: number, quantity: number, given?: PriceOrder.GivenPrice): PriceOrder.AskedLine => ({
  productId: idOf(number),
  quantity: Quantity.Quantity.make(quantity),
  ...(given === undefined ? {} : { given })
})
const price = (lines: ReadonlyArray<PriceOrder.AskedLine>, other: Partial<PriceOrder.ToPrice> = {}) =>
  PriceOrder.priceOrder({
    currency: "EUR",
    lines,
    askedBy: "customer",
    at,
    catalogue: (productId) => Option.fromUndefinedOr(catalogue.get(productId)),
    promotions: [],
    orderValueDiscounts: [],
    ...other
  })
const priced = (...asked: Parameters<typeof price>) => Result.getOrThrow(price(...asked))
const refusal = (...asked: Parameters<typeof price>): PricingErrors.PricingRefusal =>
  Result.getOrThrow(Result.flip(price(...asked)))
const rulesOf = ({ lines }: PriceOrder.PricedOrder) => lines.map(({ madeBy }) => madeBy.map(({ rule }) => rule))

describe("a line", () => {
  it("costs what the catalogue says, for each piece", () => {
    const { lines, total } = priced([line(0, 3), line(1, 2)])
    assert.deepStrictEqual(total, eur(3_666))
    assert.deepStrictEqual(
      [lines[0]?.unitPrice, lines[0]?.productName, lines[1]?.total],
      [eur(1_000), "Mug 0", eur(666)]
    )
  })

  it("costs what an operator gives with a reason, and no rule changes that", () => {
    const given = { unitPrice: eur(700), reason: "As in 1996" }
    const rules = { promotions: [promotion("May", 1_000)], orderValueDiscounts: [value("Big", 0, 1_000)] }
    const order = priced([line(0, 2, given), line(1, 3), line(2, 1, given)], { askedBy: "operator", ...rules })
    assert.deepStrictEqual(rulesOf(order), [["given"], ["catalogue", "promotion", "order-value"], ["given"]])
    assert.deepStrictEqual(order.lines[0]?.madeBy[0], { rule: "given", reason: "As in 1996" })
    // 999 less 99.9, which is 100; then less 89.9, which is 90.
    assert.deepStrictEqual(
      order.lines.map(({ total }) => total.amount),
      [1_400, 809, 700]
    )
  })

  it("costs less a discount that an operator gives, and may be of a product that the catalogue does not have", () => {
    const less = { discount: percent(500), reason: "Scratched" }
    const own = { unitPrice: eur(250), productName: "Engraving", reason: "By hand" }
    const order = priced([line(0, 1, less), line(9, 2, own)], { askedBy: "operator" })
    assert.deepStrictEqual(
      order.lines.map(({ productName, total, unitPrice }) => [productName, unitPrice.amount, total.amount]),
      [
        ["Mug 0", 1_000, 950],
        ["Engraving", 250, 500]
      ]
    )
    assert.deepStrictEqual([order.gross, order.total], [eur(1_500), eur(1_450)])
    const nameless = { unitPrice: eur(250), reason: "By hand" }
    assert.strictEqual(refusal([line(9, 2, nameless)], { askedBy: "operator" })._tag, "ProductNotInCatalogue")
  })

  it("is refused with the rule that it breaks", () => {
    const given = { unitPrice: eur(1), reason: "A present" }
    const reasons = [
      refusal([line(9, 1)]),
      refusal([line(2, 1)]),
      refusal([line(3, 1)]),
      refusal([line(0, 1, given)]),
      refusal([line(0, 1, { unitPrice: eur(1) })], { askedBy: "operator" }),
      refusal([line(0, 1, { unitPrice: eur(1), reason: " " })], { askedBy: "operator" }),
      refusal([line(0, 1_000_000, { unitPrice: eur(Number.MAX_SAFE_INTEGER), reason: "All" })], { askedBy: "operator" })
    ]
    assert.deepStrictEqual(
      reasons.map(({ _tag }) => _tag),
      [
        "ProductNotInCatalogue",
        "ProductDiscontinued",
        "PriceCurrencyDiffers",
        "PriceNotTheirs",
        "PriceReasonMissing",
        "PriceReasonMissing",
        "PriceTooLarge"
      ]
    )
    assert.strictEqual(reasons[2]?.message, `product ${idOf(3)} costs 0.05 USD, the order is in EUR`)
  })
})

describe("a promotion", () => {
  const totalWith = (...promotions: ReadonlyArray<PricingRules.Promotion>) => priced([line(0, 5)], { promotions }).total

  it("holds from its beginning until before its end, for its products and from its quantity on", () => {
    assert.deepStrictEqual(totalWith(promotion("May", 1_000)), eur(4_500))
    assert.deepStrictEqual(totalWith(promotion("May", 1_000, { from: at })), eur(4_500))
    for (const other of [{ until: at }, { from: DateTime.add(at, { seconds: 1 }) }, { products: [idOf(1)] }]) {
      assert.deepStrictEqual(totalWith(promotion("May", 1_000, other)), eur(5_000))
    }
    assert.deepStrictEqual(totalWith(promotion("Five", 1_000, { minimumQuantity: 5 })), eur(4_500))
    assert.deepStrictEqual(totalWith(promotion("Six", 1_000, { minimumQuantity: 6 })), eur(5_000))
  })

  it("is one of several: the one that takes most off, of equal ones the first", () => {
    const { lines } = priced([line(0, 1)], {
      promotions: [promotion("A", 500), promotion("B", 1_000), promotion("C", 1_000)]
    })
    assert.deepStrictEqual(lines[0]?.madeBy, [{ rule: "catalogue" }, { rule: "promotion", name: "B", off: eur(100) }])
  })
})

describe("a discount on the value of an order", () => {
  it("needs the value after promotions, and is shared out without a rest", () => {
    const rules = {
      promotions: [promotion("May", 1_000, { products: [idOf(0)] })],
      orderValueDiscounts: [value("Big", 1_900, 1_000)]
    }
    assert.deepStrictEqual(priced([line(0, 2)], rules).total, eur(1_800))
    const { lines, total } = priced([line(0, 2), line(1, 1)], rules)
    // 10 % of 18.00 + 3.33 is 2.13, of which 1.80 and 0.33 go to the lines.
    assert.deepStrictEqual([total, lines[0]?.total, lines[1]?.total], [eur(1_920), eur(1_620), eur(300)])
  })

  it("takes nothing off an order of nothing, nor one in another currency", () => {
    assert.deepStrictEqual(priced([], { orderValueDiscounts: [value("Big", 0, 1_000)] }).total, eur(0))
    const usd = price([line(3, 2)], { currency: "USD", orderValueDiscounts: [value("Big", 0, 1_000)] })
    assert.strictEqual(Result.getOrThrow(usd).total.amount, 10)
  })
})

describe("any order under any rules", () => {
  const number = (maximum: number, minimum = 0) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
  const Asked = Schema.Struct({
    lines: Schema.Array(
      Schema.Struct({ price: number(5_000), quantity: number(40, 1), given: Schema.Boolean, promoted: number(10_000) })
    ).check(Schema.isMaxLength(9)),
    discounts: Schema.Array(Schema.Struct({ atLeast: number(60_000), discount: number(10_000) })).check(
      Schema.isMaxLength(3)
    )
  })
  const of = ({ discounts, lines }: typeof Asked.Type) => {
    const products = new Map(lines.map(({ price }, index) => [idOf(index), product(index, eur(price))] as const))
    const given = (price: number) => ({ unitPrice: eur(price), reason: "By agreement" })
    const asked = lines.map((one, index) => line(index, one.quantity, one.given ? given(one.price) : undefined))
    const order = priced(asked, {
      askedBy: "operator",
      catalogue: (productId) => Option.fromUndefinedOr(products.get(productId)),
      promotions: lines.map(({ promoted }, index) => promotion(`P${index}`, promoted, { products: [idOf(index)] })),
      orderValueDiscounts: discounts.map(({ atLeast, discount }, index) => value(`V${index}`, atLeast, discount))
    })
    return order
  }
  const options = { arbitrary: { runs: 300 * effort } }
  const exact = (line: PriceOrder.PricedLine) =>
    line.madeBy.reduce((sum, made) => ("off" in made ? sum - made.off.amount : sum), line.gross.amount)

  it.prop(
    "comes to the sum of its lines, of which none is negative",
    { asked: Arbitrary.schema(Asked) },
    ({ asked }) => {
      const order = of(asked)
      assert.strictEqual(
        order.total.amount,
        order.lines.reduce((sum, { total }) => sum + total.amount, 0)
      )
      assert.strictEqual(
        order.gross.amount,
        asked.lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
      )
      for (const one of order.lines) assert.isTrue(one.total.amount >= 0 && one.total.amount <= one.gross.amount)
    },
    options
  )

  it.prop(
    "says of each line which rules made its price, in their order",
    { asked: Arbitrary.schema(Asked) },
    ({ asked }) => {
      const order = of(asked)
      const places = ["catalogue", "given", "promotion", "order-value"]
      for (const [index, one] of order.lines.entries()) {
        assert.strictEqual(one.total.amount, exact(one))
        const rules = one.madeBy.map(({ rule }) => places.indexOf(rule))
        assert.deepStrictEqual(
          rules,
          rules.toSorted((a, b) => a - b)
        )
        assert.deepStrictEqual(one.madeBy.length === 1 && one.madeBy[0].rule === "given", asked.lines[index]?.given)
      }
    },
    options
  )

  it.prop(
    "is rounded once per line and once per order",
    { asked: Arbitrary.schema(Asked) },
    ({ asked }) => {
      const order = of(asked)
      const free = order.lines.filter(({ madeBy: [first] }) => first.rule !== "given")
      const offBy = (rule: string) => (one: PriceOrder.PricedLine) =>
        one.madeBy.reduce((sum, made) => ("off" in made && made.rule === rule ? sum + made.off.amount : sum), 0)
      for (const [index, one] of order.lines.entries()) {
        const { given, promoted } = asked.lines[index] ?? { given: true, promoted: 0 }
        const wanted = given ? 0 : (one.gross.amount * promoted) / 10_000
        assert.isAtMost(Math.abs(offBy("promotion")(one) - wanted), 0.5)
      }
      const worth = free.reduce((sum, one) => sum + one.gross.amount - offBy("promotion")(one), 0)
      const reached = asked.discounts.filter(({ atLeast }) => atLeast <= worth)
      const wanted = (worth * Math.max(0, ...reached.map(({ discount }) => discount))) / 10_000
      assert.isAtMost(Math.abs(free.reduce((sum, one) => sum + offBy("order-value")(one), 0) - wanted), 0.5)
    },
    options
  )
})
