/** A fold that makes another state of the same events declares another version; see `test/histories/History.ts`. */
import { NodeFileSystem } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Order } from "@eventfold/domain-ordering"
import { Effect } from "effect"
import { aggregates, checkAll } from "./histories/Histories.ts"
import * as GoldenRows from "./histories/GoldenRows.ts"
import * as History from "./histories/History.ts"
import * as Projections from "./histories/Projections.ts"

describe("the golden histories", () => {
  it.effect("fold to the states they have always folded to", () =>
    Effect.gen(function* () {
      const found = yield* checkAll
      assert.isAtLeast(found.length, aggregates.length)
      const problems = found.flatMap(({ finding }) => (finding._tag === "Holds" ? [] : [finding.problem]))
      assert.strictEqual(problems.join("\n\n"), "")
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )
})

describe("the golden rows", () => {
  it.effect("are what the projections make of the golden histories", () =>
    Effect.gen(function* () {
      const found = yield* Projections.checkAll
      const problems = found.flatMap(({ finding }) => (finding._tag === "Holds" ? [] : [finding.problem]))
      assert.strictEqual(problems.join("\n\n"), "")
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it("refuse other rows of the same projection, and are made anew by another", () => {
    const before = { fingerprint: "a", rows: { draft: [{ total: 1 }] } }
    const finding = (now: GoldenRows.GoldenRows, from?: GoldenRows.GoldenRows) =>
      GoldenRows.compare("rows.json", now, from)
    assert.deepStrictEqual(finding(before, before), { _tag: "Holds" })
    const other = finding({ ...before, rows: { draft: [{ total: 2 }] } }, before)
    assert.include(other._tag === "Refused" ? other.problem : other._tag, "raise the `version` of the projection")
    for (const from of [undefined, { ...before, fingerprint: "b" }, { ...before, rows: {} }]) {
      const outdated = finding(before, from)
      assert.include(outdated._tag === "Outdated" ? outdated.problem : outdated._tag, "npm run histories")
    }
  })
})

describe("a golden history", () => {
  const order: typeof Order.Order = { ...Order.Order, version: 1 }
  const history = History.parse(
    JSON.stringify({
      title: "A draft",
      version: 1,
      events: [
        {
          type: "OrderDrafted",
          schemaVersion: 1,
          occurredAt: "1996-07-05T00:00:00.000Z",
          data: {
            orderId: "order_0190f5a2-7c4e-7b1a-9d3f-000000000001",
            customerId: "customer_0190f5a2-7c4e-7b1a-9d3f-000000000002",
            currency: "USD"
          }
        }
      ],
      state: null
    })
  )
  const changed: typeof order = {
    ...order,
    evolve: (state, event) => (event._tag === "OrderDrafted" ? Order.initial : order.evolve(state, event))
  }
  /** What it finds of the decider of today, made by the decider of yesterday at version 1. */
  const found = (today: typeof order) =>
    Effect.gen(function* () {
      const made = yield* history
      const state = yield* History.aggregate("ordering", order).fold(made.events)
      return yield* History.check(History.aggregate("ordering", today), "draft.json", { ...made, state })
    })

  it.effect("holds while nothing changes", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* found(order), { _tag: "Holds" })
    })
  )

  it.effect("refuses a fold that makes another state under the same version, and says what to do", () =>
    Effect.gen(function* () {
      const finding = yield* found(changed)
      assert.strictEqual(finding._tag, "Refused")
      if (finding._tag === "Refused") assert.include(finding.problem, "declare `version: 2`")
    })
  )

  it.effect("is to be made anew by a fold of a higher version", () =>
    Effect.gen(function* () {
      const finding = yield* found({ ...changed, version: 2 })
      assert.strictEqual(finding._tag, "Outdated")
      if (finding._tag === "Outdated") {
        assert.deepStrictEqual([finding.renewed.version, finding.renewed.state], [2, { status: "none" }])
        assert.include(finding.problem, "npm run histories")
      }
    })
  )

  it.effect("refuses a declared version that has shrunk, and events that can no longer be read", () =>
    Effect.gen(function* () {
      const made = yield* history
      const of = History.aggregate("ordering", order)
      const shrunk = yield* History.check(of, "draft.json", { ...made, version: 2 })
      assert.strictEqual(shrunk._tag, "Refused")
      const [event] = made.events
      const unknown = yield* History.check(of, "draft.json", { ...made, events: [{ ...event, type: "OrderLost" }] })
      assert.strictEqual(unknown._tag, "Refused")
    })
  )
})
