/** What the demo computes from the files: which orders end cancelled, and where the goods and the money are in the end. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it, layer } from "@effect/vitest"
import { effort } from "@eventfold/testing"
import { DateTime, Effect, Option, Path, Schema } from "effect"
import * as FulfilmentPlan from "../demo/FulfilmentPlan.ts"
import * as Samples from "../demo/Samples.ts"

const order = (number: string, lines: ReadonlyArray<readonly [string, number]>, isShipped = true) => ({
  number,
  customer: "AAA",
  orderedOn: DateTime.makeUnsafe("1997-01-01"),
  requiredOn: DateTime.makeUnsafe("1997-01-31"),
  shippedOn: isShipped ? Option.some(DateTime.makeUnsafe("1997-01-05")) : Option.none(),
  carrier: "Speedy Express",
  shipTo: { name: "A", street: "S 1", city: "C", region: Option.none(), postalCode: Option.none(), country: "France" },
  lines: lines.map(([product, quantity]) => ({ product, productName: product, unitPrice: 1n, quantity, discount: 0 }))
})
const planOf = (...orders: ReadonlyArray<Samples.SampleOrder>) =>
  FulfilmentPlan.make({ orders, products: [], customers: new Map() })

/**
 * A warehouse and a bank in a few lines, which try the orders as they come: reserve all or nothing, then charge, then ship.
 * Orders that are tried at once hold their goods while they wait for the bank.
 */
const warehouse = (plan: FulfilmentPlan.FulfilmentPlan) => {
  const free = new Map<string, number>()
  for (const { pieces, product } of plan.receipts) free.set(product, (free.get(product) ?? 0) + pieces)
  const move = ({ lines }: Samples.SampleOrder, sign: 1 | -1) => {
    for (const { product, quantity } of lines) free.set(product, (free.get(product) ?? 0) + sign * quantity)
  }
  const cancelled = new Set<string>()
  return {
    free,
    cancelled,
    reserve: (order: Samples.SampleOrder) => {
      const holds = order.lines.every(({ product, quantity }) => (free.get(product) ?? 0) >= quantity)
      if (holds) move(order, -1)
      else cancelled.add(order.number)
    },
    charge: (order: Samples.SampleOrder) => {
      const token = plan.tokens.get(order.number) ?? ""
      if (cancelled.has(order.number) || /visa|mastercard/u.test(token)) return
      move(order, 1)
      cancelled.add(order.number)
    }
  }
}

/** Orders tried at once, so many at a time: all of them reserve before any is charged. In the order that `rank` says. */
const tryAll = (
  { charge, reserve }: ReturnType<typeof warehouse>,
  orders: ReadonlyArray<Samples.SampleOrder>,
  rank: ReadonlyArray<number>,
  atOnce: number
) => {
  const shuffled = orders
    .map((order, index) => ({ order, rank: rank[index % rank.length] ?? 0 }))
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ order }) => order)
  for (let start = 0; start < shuffled.length; start += atOnce) {
    const together = shuffled.slice(start, start + atOnce)
    for (const order of together) reserve(order)
    for (const order of together) charge(order)
  }
}

describe("the plan for the orders", () => {
  it("has too little of the product that most orders ask for, for the last quarter of them", () => {
    const orders = [
      order("1", [["7", 5]]),
      order("2", [["7", 8]], false),
      order("3", [["9", 1]]),
      order("4", [["7", 2]]),
      order("5", [
        ["9", 3],
        ["7", 4]
      ])
    ]
    const plan = planOf(...orders)
    assert.deepStrictEqual(plan.cancelled, new Map([["5", "short of stock"]]))
    assert.deepStrictEqual(plan.scarce, Option.some("7"))
    assert.deepStrictEqual([plan.first, plan.last], [orders.slice(0, 4), orders.slice(4)])
    // Three pieces of the four that order 5 asks for; and what it asks for beside is there.
    assert.deepStrictEqual(plan.stock.get("7"), { received: 18, available: 3, reserved: 8, shipped: 7 })
    assert.deepStrictEqual(plan.stock.get("9"), { received: 4, available: 3, reserved: 0, shipped: 1 })
    assert.deepStrictEqual(plan.receipts, [
      { product: "7", pieces: 18 },
      { product: "9", pieces: 4 }
    ])
    assert.deepStrictEqual(Array.from(plan.due.values()), [5n, 8n, 1n, 2n, 0n])
  })

  it("cancels none of a few orders", () => {
    const plan = planOf(order("1", [["7", 5]]), order("2", [["7", 5]]))
    assert.strictEqual(plan.cancelled.size, 0)
    assert.deepStrictEqual(plan.stock.get("7"), { received: 10, available: 0, reserved: 0, shipped: 10 })
  })

  it("has every fiftieth of the orders that could be declined paid with a card that is, each time with another one", () => {
    const plan = planOf(...Array.from({ length: 220 }, (_, index) => order(String(index + 1), [[String(index), 1]])))
    assert.deepStrictEqual(Array.from(plan.cancelled.keys()), ["50", "100", "150", "200"])
    const cards = Array.from(plan.cancelled.keys(), (number) => plan.tokens.get(number))
    assert.strictEqual(new Set(cards).size, 4)
    assert.notInclude(cards, "tok_visa")
    assert.strictEqual(plan.tokens.size, 220)
  })

  it("leaves an order that costs nothing to people: no card pays for it, and no stock is kept for it", () => {
    const { lines, ...rest } = order("1", [["7", 5]])
    const plan = planOf({ ...rest, lines: lines.map((line) => ({ ...line, discount: 10_000 })) })
    assert.strictEqual(plan.tokens.size + plan.stock.size + plan.due.size + plan.receipts.length, 0)
    assert.lengthOf(plan.first, 1)
  })

  it("takes in no more at once than the service allows", () => {
    const plan = planOf(order("1", [["7", 900_000]]), order("2", [["7", 900_000]]))
    assert.deepStrictEqual(
      plan.receipts.map(({ pieces }) => pieces),
      [1_000_000, 800_000]
    )
  })
})

const line = Schema.Tuple([
  Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 6 })),
  Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))
])
const Case = Schema.Struct({
  orders: Schema.Array(
    Schema.Struct({
      lines: Schema.Array(line).check(Schema.isMinLength(1), Schema.isMaxLength(4)),
      isShipped: Schema.Boolean
    })
  ).check(Schema.isMaxLength(160)),
  ranks: Schema.Array(Schema.Int).check(Schema.isMinLength(1)),
  atOnce: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 20 }))
})

describe("whatever the orders are, and in whatever order they are tried", () => {
  it.prop(
    "just those of the plan end cancelled, and what is left is what the plan says",
    { tried: Case },
    ({ tried: { atOnce, orders, ranks } }) => {
      const plan = planOf(
        ...orders.map(({ isShipped, lines }, index) =>
          order(
            String(index + 1),
            // Once per product, as in the files.
            Array.from(new Map(lines), ([product, quantity]) => [String(product), quantity] as const),
            isShipped
          )
        )
      )
      const tried = warehouse(plan)
      tryAll(tried, plan.first, ranks, atOnce)
      tryAll(tried, plan.last, ranks, atOnce)
      assert.sameMembers(Array.from(tried.cancelled), Array.from(plan.cancelled.keys()))
      for (const [product, { available, received, reserved, shipped }] of plan.stock) {
        assert.strictEqual(tried.free.get(product) ?? 0, available)
        assert.strictEqual(received, available + reserved + shipped)
        assert.isAtLeast(available, 0)
      }
    },
    { arbitrary: { runs: 100 * effort, size: 60 } }
  )
})

layer(NodeServices.layer)("the plan for Northwind", (it) => {
  it.effect("is what somebody else computed from the same files", () =>
    Effect.gen(function* () {
      const path = yield* Path.Path
      const folder = yield* path.fromFileUrl(new URL("../samples/northwind", import.meta.url))
      const plan = FulfilmentPlan.make(yield* Samples.read(folder))
      assert.deepStrictEqual(plan.scarce, Option.some("59"))
      const why = (shortcoming: FulfilmentPlan.Shortcoming) =>
        Array.from(plan.cancelled).flatMap(([number, is]) => (is === shortcoming ? [number] : []))
      // By Python's csv and decimal, in another program.
      assert.strictEqual(why("short of stock").join(" "), "10835 10841 10892 10994 11005 11017 11030 11032 11036")
      assert.strictEqual(why("card declined").join(" "), "10331 10408 10492 10573 10649 10732 10814 10895 10970 11054")
      assert.strictEqual(
        Array.from(plan.due.values()).reduce((sum, cents) => sum + cents, 0n),
        84_268_863n
      )
      const sum = (where: keyof FulfilmentPlan.Stock) =>
        Array.from(plan.stock.values()).reduce((sum, counts) => sum + counts[where], 0)
      assert.deepStrictEqual(
        [sum("received"), sum("available"), sum("reserved"), sum("shipped")],
        [34_566, 1_204, 910, 32_452]
      )
    })
  )
})
