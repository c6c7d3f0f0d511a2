import { assert, describe, it } from "@effect/vitest"
import { StockCommands, StockCounts, StockErrors, type StockEvents, StockItem } from "@eventfold/domain-inventory"
import { Result, Schema, Struct } from "effect"
import * as Scenario from "./Scenario.ts"

const { adjust, allocate, free, productId, receive, recorded, refusal, ship, stock, stockCommands, stocks, told } =
  Scenario

/** What each command leads to in each state. */
const table: Record<keyof typeof stocks, Record<keyof typeof stockCommands, string>> = {
  none: {
    receive: "StockReceived",
    adjust: "AdjustmentExceedsStock",
    allocate: "NotEnoughAvailable",
    free: "NotEnoughReserved",
    ship: "NotEnoughReserved"
  },
  available: {
    receive: "StockReceived",
    adjust: "StockAdjusted",
    allocate: "StockAllocated",
    free: "NotEnoughReserved",
    ship: "NotEnoughReserved"
  },
  partly: {
    receive: "StockReceived",
    adjust: "StockAdjusted",
    allocate: "StockAllocated",
    free: "StockFreed",
    ship: "StockShipped"
  },
  reserved: {
    receive: "StockReceived",
    adjust: "AdjustmentExceedsStock",
    allocate: "NotEnoughAvailable",
    free: "StockFreed",
    ship: "StockShipped"
  }
}

for (const state of Struct.keys(table)) {
  describe(`a stock that is ${state}`, () => {
    for (const name of Struct.keys(stockCommands)) {
      const expected = table[state][name]
      it(`${name}: ${expected}`, () => {
        const outcome = stocks[state].when(stockCommands[name])
        assert.strictEqual(told(outcome), expected)
        if (Result.isFailure(outcome)) assert.include(outcome.failure.message, productId)
      })
    }
  })
}

describe("a stock", () => {
  it("counts what is available, reserved, received, adjusted and shipped", () => {
    const { events, state } = stock.after(receive(10), adjust(-2), allocate(5), free(1), ship(3), receive(7))
    const counts = { available: 11, reserved: 1, received: 17, adjusted: -2, shipped: 3 }
    assert.deepStrictEqual(state, { status: "stocked", productId, counts })
    assert.deepStrictEqual(StockItem.answerOf(state, events.length), { productId, version: 6, onHand: 12, ...counts })
    assert.throws(() => StockItem.answerOf(StockItem.initial, 0), RangeError)
  })

  it("may begin with what was counted by hand", () => {
    assert.strictEqual(told(stock.given().when(adjust(3))), "StockAdjusted")
  })

  it("refuses a correction of what is reserved, to the piece, and says what there is", () => {
    const { when } = stock.after(receive(10), allocate(6))
    assert.strictEqual(told(when(adjust(-4))), "StockAdjusted")
    const refused = refusal(when(adjust(-5)))
    assert.deepInclude(refused, { _tag: "AdjustmentExceedsStock", available: 4, reserved: 6, change: -5 })
    assert.strictEqual(refused.message, `${productId}: 5 cannot be taken away, 4 are available and 6 reserved`)
  })

  it("refuses to set more aside than is available, and to let go of more than is reserved", () => {
    const { when } = stock.after(receive(10), allocate(6))
    const refused = refusal(when(allocate(5)))
    assert.strictEqual(refused._tag, "NotEnoughAvailable")
    assert.strictEqual(refused.message, `${productId}: 4 are available, 5 were requested`)
    for (const command of [free(7), ship(7)]) {
      const refused = refusal(when(command))
      assert.strictEqual(refused._tag, "NotEnoughReserved")
      assert.strictEqual(refused.message, `${productId}: 6 are reserved, 7 were to leave the reservations`)
    }
  })

  it("refuses more on hand than can be counted, to the piece", () => {
    const { maximumOnHand } = StockCounts
    const full: StockEvents.StockEvent = {
      ...Scenario.receive(1),
      _tag: "StockReceived",
      quantity: Scenario.quantity(1_000_000)
    }
    const events = Array.from({ length: maximumOnHand / 1_000_000 }, () => full)
    const almost = stock.given(...events.slice(1), ...recorded(stock.given().when(receive(999_999))))
    assert.strictEqual(told(almost.when(receive(1))), "StockReceived")
    for (const command of [receive(2), adjust(2)]) {
      const refused = refusal(almost.when(command))
      assert.deepInclude(refused, { _tag: "StockTooLarge", onHand: maximumOnHand - 1, maximum: maximumOnHand })
    }
    // What is reserved is on hand as well.
    const reserved = stock.given(...almost.events, ...recorded(almost.when(allocate(9))))
    assert.strictEqual(told(reserved.when(receive(2))), "StockTooLarge")
  })

  it("stays as it is on an event that cannot follow it", () => {
    const [freed] = recorded(stocks.partly.when(free(4)))
    assert.isDefined(freed)
    if (freed === undefined) return
    assert.strictEqual(StockItem.evolve(stocks.available.state, freed), stocks.available.state)
    assert.strictEqual(StockItem.evolve(StockItem.initial, freed), StockItem.initial)
  })
})

describe("a correction", () => {
  const decode = Schema.decodeUnknownResult(Schema.toCodecJson(StockCommands.AdjustStock))
  const taken = (change: unknown) =>
    Result.match(
      decode({ _tag: "AdjustStock", productId, occurredAt: "2024-05-01T00:00:00Z", change, reason: "Broken" }),
      { onSuccess: () => "taken", onFailure: ({ message }) => message.split("\n")[0] ?? "" }
    )

  it("is a whole number of pieces, up or down, and not 0", () => {
    for (const change of [0, 0.5, -0, 1_000_001, -1_000_001, "5"])
      assert.match(taken(change), /must be a whole number/u)
    for (const change of [1, -1, 1_000_000, -1_000_000]) assert.strictEqual(taken(change), "taken")
  })
})

describe("messages about stock", () => {
  it("are named by their context", () => {
    const { adjustStock, receiveStock } = StockCommands
    assert.deepStrictEqual([receiveStock.name, adjustStock.name], ["inventory.ReceiveStock", "inventory.AdjustStock"])
    assert.strictEqual(receiveStock.Refusal, StockErrors.StockRefusal)
  })
})
