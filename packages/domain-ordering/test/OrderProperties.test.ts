import { assert, describe, it } from "@effect/vitest"
import { Decider } from "@eventfold/decider"
import {
  Order,
  OrderCommands,
  OrderErrors,
  OrderEvents,
  OrderState,
  OrderStatus,
  OrderSummary
} from "@eventfold/domain-ordering"
import { Money } from "@eventfold/shared-kernel"
import { effort } from "@eventfold/testing"
import { Arbitrary, Effect, Equal, Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"
import { Walk, walk } from "./Walks.ts"

const { draft, given, orderId, recorded, told } = Scenario

const options = { arbitrary: { runs: 200 * effort, size: 30 } }

describe("any sequence of commands", () => {
  it.effect("is tried far enough to meet every status and every refusal", () =>
    Effect.gen(function* () {
      const walks = yield* Arbitrary.sampleEffect(Walk, { count: 500, size: 30, seed: "orders" })
      const steps = walks.flatMap(walk)
      const statuses = new Set(steps.map(({ after }) => after.state.status))
      assert.deepStrictEqual(
        OrderStatus.OrderStatus.literals.filter((status) => !statuses.has(status)),
        []
      )
      const outcomes = new Set(steps.map(({ outcome }) => told(outcome)))
      const refusals = OrderErrors.OwnRefusal.members.map((member) => member.fields._tag.schema.literal)
      // Two hundred lines are beyond a random walk, and it asks no catalogue: these refusals have tests of their own.
      assert.deepStrictEqual(
        refusals.filter((refusal) => !outcomes.has(refusal)),
        ["TooManyLines", "PricesOfOtherLines"]
      )
    })
  )

  it.prop(
    "keeps the order's invariants",
    { commands: Walk },
    ({ commands }) => {
      for (const {
        after: { state }
      } of walk(commands)) {
        assert.isTrue(Schema.is(OrderState.OrderState)(state))
        if (state.status === "none") continue
        const { lines, gross, discount, total } = state
        assert.strictEqual(new Set(lines.map((line) => line.productId)).size, lines.length)
        for (const line of lines) {
          assert.isTrue(line.quantity >= 1 && line.quantity <= 1_000_000)
          assert.deepStrictEqual(
            Money.discounted(line.unitPrice, line.quantity, line.discount),
            Result.succeed(line.total)
          )
        }
        const sum = (amounts: ReadonlyArray<Money.Money>) => Result.getOrThrow(Money.sum(amounts, "USD"))
        assert.deepStrictEqual(sum(lines.map((line) => line.total)), total)
        assert.deepStrictEqual(
          sum(lines.map((line) => ({ ...line.unitPrice, amount: line.unitPrice.amount * line.quantity }))),
          gross
        )
        assert.deepStrictEqual(sum([total, discount]), gross)
      }
    },
    options
  )

  it.prop(
    "moves the status only along the allowed edges",
    { commands: Walk },
    ({ commands }) => {
      const edges: Record<string, ReadonlyArray<string>> = {
        none: ["draft"],
        draft: ["draft", "placed", "cancelled"],
        placed: ["approved", "cancelled"],
        approved: ["shipped", "cancelled"],
        shipped: ["delivered"],
        delivered: [],
        cancelled: []
      }
      for (const { before, outcome, after } of walk(commands)) {
        if (told(outcome) === "nothing" || Result.isFailure(outcome)) assert.deepStrictEqual(after.state, before.state)
        else assert.isTrue(edges[before.state.status]?.includes(after.state.status))
      }
    },
    options
  )

  it.prop(
    "folds to the state it was decided with",
    { commands: Walk },
    ({ commands }) => {
      for (const { outcome, after } of walk(commands)) {
        if (Result.isSuccess(outcome))
          assert.deepStrictEqual(Decider.fold(Order.Order, after.events), outcome.success.state)
      }
    },
    options
  )

  it.prop(
    "repeated at once records nothing or is refused, adding items excepted",
    { commands: Walk },
    ({ commands }) => {
      for (const { command, outcome, after } of walk(commands)) {
        if (Result.isFailure(outcome)) continue
        const again = told(after.when(command))
        if (command._tag === "AddItem")
          assert.include(["ItemAdded", "ItemQuantityTooLarge", "OrderTotalTooLarge"], again)
        else assert.strictEqual(again, command._tag === "RemoveItem" ? "ItemNotFound" : "nothing")
      }
    },
    options
  )

  it.prop(
    "records events that nobody can change",
    { commands: Walk },
    ({ commands }) => {
      for (const { outcome } of walk(commands)) {
        if (Result.isFailure(outcome)) continue
        for (const event of outcome.success.events) {
          assert.isTrue(Object.isFrozen(event))
          if (event._tag === "OrderPlaced") assert.isTrue(event.lines.every((line) => Object.isFrozen(line.unitPrice)))
        }
      }
    },
    options
  )

  it.prop(
    "summarises as the state does, also when events come twice",
    { commands: Walk },
    ({ commands }) => {
      const { events, state } = walk(commands).at(-1)?.after ?? given()
      const row = events.reduce<OrderSummary.OrderSummary | undefined>((row, event, index) => {
        const next = OrderSummary.evolve(row, event, index + 1)
        assert.strictEqual(OrderSummary.evolve(next, event, index + 1), next)
        return next
      }, undefined)
      if (state.status === "none" || row === undefined) return assert.strictEqual(row, undefined)
      assert.isTrue(Schema.is(OrderSummary.OrderSummary)(row))
      const { status, customerId, total, lines } = state
      assert.deepInclude(row, { orderId, customerId, status, total, currency: "USD", lineCount: lines.length })
      return assert.strictEqual(row.version, events.length)
    },
    options
  )
})

describe("in JSON", () => {
  const round = <A>(schema: Schema.Codec<A, unknown>, value: A): A => {
    const codec = Schema.toCodecJson(schema)
    return Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(value))))
  }

  it.prop("every event comes back as it went", [OrderEvents.OrderEvent], ([event]) => {
    assert.isTrue(Equal.equals(round(OrderEvents.OrderEvent, event), event))
  })

  it.prop("every command comes back as it went", [OrderCommands.OrderCommand], ([command]) => {
    assert.isTrue(Equal.equals(round(OrderCommands.OrderCommand, command), command))
  })

  it.prop("every state comes back as it went", { commands: Walk }, ({ commands }) => {
    for (const {
      after: { state }
    } of walk(commands)) {
      assert.isTrue(Equal.equals(round(OrderState.OrderState, state), state))
    }
  })

  it("times are ISO strings and money is { amount, currency }", () => {
    const [, added] = recorded(given().when({ ...draft, items: [Scenario.item(1, 2, 1_860, 12.5)] }))
    assert.deepStrictEqual(
      Schema.encodeSync(Schema.toCodecJson(OrderEvents.ItemAdded))(added as OrderEvents.ItemAdded),
      {
        _tag: "ItemAdded",
        occurredAt: "1996-07-05T00:00:00.000Z",
        orderId: "order_0190f5a2-7c4e-7b1a-9d3f-000000000001",
        productId: "product_0190f5a2-7c4e-7b1a-9d3f-000000000101",
        productName: "Product 1",
        quantity: 2,
        unitPrice: { amount: 1860, currency: "USD" },
        discount: 1250,
        lineCount: 1,
        total: { amount: 3255, currency: "USD" }
      }
    )
  })

  it("names of stored events and versions stay", () => {
    const names = OrderEvents.OrderEvent.members.map((member) => Schema.resolveAnnotations(member)?.["identifier"])
    assert.deepStrictEqual(names, [
      "OrderDrafted.v1",
      "ItemAdded.v1",
      "ItemQuantityChanged.v1",
      "ItemRemoved.v1",
      "OrderPlaced.v2",
      "OrderApproved.v1",
      "OrderShipped.v1",
      "OrderDelivered.v2",
      "OrderCancelled.v1"
    ])
    assert.strictEqual(Order.Order.category, "order")
  })
})
