import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Option, Queue, Ref, Terminal } from "effect"
import { TerminalCapabilities } from "effect/cli"
import { TestConsole } from "effect/testing"
import * as Expected from "../demo/Expected.ts"
import type { FoundOrder } from "../demo/FoundOrders.ts"
import * as FulfilmentPlan from "../demo/FulfilmentPlan.ts"
import * as Progress from "../demo/Progress.ts"
import * as Report from "../demo/Report.ts"
import type { SampleOrder, Samples } from "../demo/Samples.ts"
import { demoCustomer } from "./DemoCustomer.ts"

const order = (number: string, customer: string, day: string, cents: bigint, shipped = true): SampleOrder => ({
  number,
  customer,
  orderedOn: DateTime.makeUnsafe(day),
  requiredOn: DateTime.makeUnsafe(day),
  shippedOn: shipped ? Option.some(DateTime.makeUnsafe(day)) : Option.none(),
  carrier: "Speedy Express",
  shipTo: {
    name: customer,
    street: "Luisenstr. 48",
    city: "Münster",
    region: Option.none(),
    postalCode: Option.none(),
    country: "Germany"
  },
  lines: [{ product: "1", productName: "Chai", unitPrice: cents, quantity: 1, discount: 0 }]
})

const samples: Samples = {
  orders: [
    order("1", "AAA", "1996-12-31", 10_000n),
    order("2", "BBB", "1997-01-01", 123_456_789n),
    order("3", "AAA", "1997-06-01", 5n, false)
  ],
  products: [],
  customers: new Map([demoCustomer("AAA", "Alfreds"), demoCustomer("BBB", "Berglunds")])
}
const expected = Expected.totals(samples)
const plan = FulfilmentPlan.make(samples)

const found = (customer: string, year: number, amount: number, status: FoundOrder["status"] = "shipped") => ({
  customer,
  status,
  year: Option.some(year),
  total: { amount, currency: "USD" as const },
  version: 5
})
const agreeing: ReadonlyArray<readonly [string, FoundOrder]> = [
  ["1", found("AAA", 1996, 10_000)],
  ["2", found("BBB", 1997, 123_456_789, "delivered")],
  ["3", found("AAA", 1997, 5, "approved")]
]

describe("the report of the demo", () => {
  it("sums up years and customers", () => {
    const totals = Report.totalsOf(new Map(agreeing).values())
    assert.deepStrictEqual(Report.perYear(totals), [
      { name: "1996", orders: 1, cents: 10_000n },
      { name: "1997", orders: 2, cents: 123_456_794n }
    ])
    assert.deepStrictEqual(Report.largestCustomers(totals), [
      { name: "BBB", orders: 1, cents: 123_456_789n },
      { name: "AAA", orders: 2, cents: 10_005n }
    ])
  })

  it("names five customers at most, and of equal ones the first", () => {
    const totals = ["F", "E", "D", "C", "B", "A"].map((customer) => ({ customer, year: 1996, cents: 1n }))
    assert.deepStrictEqual(
      Report.largestCustomers(totals).map(({ name }) => name),
      ["A", "B", "C", "D", "E"]
    )
  })

  it("writes amounts in dollars with separators", () => {
    assert.deepStrictEqual([0n, 5n, 100n, 99_999n, 100_000n, 123_456_789n].map(Report.formatCents), [
      "0.00 USD",
      "0.05 USD",
      "1.00 USD",
      "999.99 USD",
      "1,000.00 USD",
      "1,234,567.89 USD"
    ])
  })

  it("lines tables up", () => {
    assert.deepStrictEqual(Report.table("Placed in", [{ name: "1997", orders: 272, cents: 42_761_254n }]), [
      "Placed in  orders             total",
      "  1997        272    427,612.54 USD"
    ])
  })

  it("finds no difference where there is none, even when somebody has gone on with an order", () => {
    assert.deepStrictEqual(Report.differences(samples, expected, plan, new Map(agreeing)), [])
    assert.deepStrictEqual(Report.becomeOf(new Map(agreeing).values()), [
      { name: "approved", orders: 1, cents: 5n },
      { name: "delivered", orders: 1, cents: 123_456_789n },
      { name: "shipped", orders: 1, cents: 10_000n }
    ])
  })

  it("wants just those orders cancelled that cannot be fulfilled", () => {
    const cancelled = new Map([["2", "card declined"]] as const)
    const of = (...statuses: ReadonlyArray<FoundOrder["status"]>) =>
      Report.differences(
        samples,
        expected,
        { cancelled },
        new Map(agreeing.map(([number, found], index) => [number, { ...found, status: statuses[index] ?? "draft" }]))
      )
    assert.deepStrictEqual(of("shipped", "cancelled", "approved"), [])
    assert.deepStrictEqual(of("cancelled", "approved", "approved"), [
      "order 1 is cancelled in the service: nothing is wrong with it in the files",
      "order 2 is approved in the service, not cancelled: card declined"
    ])
  })

  it("tells why orders cannot be fulfilled", () => {
    const cancelled = new Map([
      ["1", "short of stock"],
      ["2", "card declined"],
      ["3", "card declined"]
    ] as const)
    assert.deepStrictEqual(Report.cancellations(samples, { cancelled, scarce: Option.some("1") }), [
      "By the files 1 cannot be fulfilled for want of Chai.",
      "By the files 2 cannot be fulfilled because the card is declined."
    ])
    assert.deepStrictEqual(Report.cancellations(samples, plan), [])
  })

  it("names every difference", () => {
    const differing = new Map<string, FoundOrder>([
      ["1", { ...found("CCC", 1996, 10_001, "approved") }],
      ["3", { ...found("AAA", 1997, 5, "draft"), year: Option.none(), total: { amount: 5, currency: "EUR" } }]
    ])
    assert.deepStrictEqual(Report.differences(samples, expected, plan, differing), [
      "1996: 100.01 USD in the service, 100.00 USD in the files",
      "1997: 0.00 USD in the service, 1,234,567.94 USD in the files",
      "order 1, total: 100.01 USD in the service, 100.00 USD in the files",
      "order 1, customer: CCC in the service, Alfreds in the files",
      "order 1 is only approved in the service",
      "order 2 is not in the service's list",
      "order 3, total: some EUR in the service, 0.05 USD in the files",
      "order 3, year: not placed in the service, 1997 in the files",
      "order 3 is only draft in the service"
    ])
  })
})

/** A terminal that keeps what it displays. */
const terminal = Effect.fnUntraced(function* (columns: number) {
  const shown = yield* Ref.make<ReadonlyArray<string>>([])
  const layer = Layer.succeed(
    Terminal.Terminal,
    Terminal.make({
      columns: Effect.succeed(columns),
      rows: Effect.succeed(24),
      size: Queue.make(),
      readInput: Queue.make(),
      readLine: Effect.succeed(""),
      display: (text) => Ref.update(shown, (all) => [...all, text])
    })
  )
  return { shown: Ref.get(shown), layer }
})

const track = (total: number, canAnimate: boolean) =>
  Progress.track(total, (advance) => Effect.replicateEffect(advance, total)).pipe(
    Effect.provideService(TerminalCapabilities.TerminalCapabilities, { canAnimate, canColor: false, canPrompt: false })
  )

describe("the progress of the demo", () => {
  it.effect("is drawn over itself on a terminal, and ends with a new line", () =>
    Effect.gen(function* () {
      const { layer, shown } = yield* terminal(80)
      yield* track(2, true).pipe(Effect.provide(layer))
      assert.deepStrictEqual(yield* shown, [
        `\r  ${"░".repeat(40)}  0 of 2 orders    0 %`,
        `\r  ${"█".repeat(20)}${"░".repeat(20)}  1 of 2 orders   50 %`,
        `\r  ${"█".repeat(40)}  2 of 2 orders  100 %`,
        "\n"
      ])
    })
  )

  it.effect("leaves the line of the bar also when the work fails", () =>
    Effect.gen(function* () {
      const { layer, shown } = yield* terminal(80)
      const failing = Progress.track(2, (advance) => Effect.andThen(advance, Effect.fail("down")))
      const error = yield* failing.pipe(
        Effect.flip,
        Effect.provideService(TerminalCapabilities.TerminalCapabilities, {
          canAnimate: true,
          canColor: false,
          canPrompt: false
        }),
        Effect.provide(layer)
      )
      assert.strictEqual(error, "down")
      assert.strictEqual((yield* shown).at(-1), "\n")
    })
  )

  it.effect("is a line every hundred orders elsewhere", () =>
    Effect.gen(function* () {
      const { layer, shown } = yield* terminal(80)
      yield* track(201, false).pipe(Effect.provide(layer))
      assert.deepStrictEqual(yield* TestConsole.logLines, [
        "  100 of 201 orders",
        "  200 of 201 orders",
        "  201 of 201 orders"
      ])
      assert.deepStrictEqual(yield* shown, [])
    }).pipe(Effect.provide(TestConsole.layer))
  )

  it("is never wider than the terminal", () => {
    for (let columns = 30; columns < 120; columns++) {
      assert.isBelow(Progress.bar(332, 553, columns).length, columns)
    }
    assert.strictEqual(Progress.bar(332, 553, 30), "  332 of 553 orders   60 %")
  })
})
