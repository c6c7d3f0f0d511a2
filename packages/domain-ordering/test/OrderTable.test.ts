import { assert, describe, it } from "@effect/vitest"
import { OrderErrors } from "@eventfold/domain-ordering"
import { Schema, Struct } from "effect"
import * as Scenario from "./Scenario.ts"

const { commands, orders, told } = Scenario

/** What each command leads to in each state. */
const table: Record<keyof typeof orders, Record<keyof typeof commands, string>> = {
  none: {
    draft: "OrderDrafted",
    add: "OrderNotFound",
    change: "OrderNotFound",
    remove: "OrderNotFound",
    place: "OrderNotFound",
    approve: "OrderNotFound",
    ship: "OrderNotFound",
    deliver: "OrderNotFound",
    cancel: "OrderNotFound"
  },
  "empty draft": {
    draft: "nothing",
    add: "ItemAdded",
    change: "ItemNotFound",
    remove: "ItemNotFound",
    place: "OrderEmpty",
    approve: "OrderNotPlaced",
    ship: "OrderNotApproved",
    deliver: "OrderNotShipped",
    cancel: "OrderCancelled"
  },
  draft: {
    draft: "nothing",
    add: "ItemAdded",
    change: "ItemQuantityChanged",
    remove: "ItemRemoved",
    place: "OrderPlaced",
    approve: "OrderNotPlaced",
    ship: "OrderNotApproved",
    deliver: "OrderNotShipped",
    cancel: "OrderCancelled"
  },
  placed: {
    draft: "nothing",
    add: "OrderNotDraft",
    change: "OrderNotDraft",
    remove: "OrderNotDraft",
    place: "nothing",
    approve: "OrderApproved",
    ship: "OrderNotApproved",
    deliver: "OrderNotShipped",
    cancel: "OrderCancelled"
  },
  approved: {
    draft: "nothing",
    add: "OrderNotDraft",
    change: "OrderNotDraft",
    remove: "OrderNotDraft",
    place: "OrderAlreadyPlaced",
    approve: "nothing",
    ship: "OrderShipped",
    deliver: "OrderNotShipped",
    cancel: "OrderCancelled"
  },
  shipped: {
    draft: "nothing",
    add: "OrderNotDraft",
    change: "OrderNotDraft",
    remove: "OrderNotDraft",
    place: "OrderAlreadyPlaced",
    approve: "OrderAlreadyApproved",
    ship: "nothing",
    deliver: "OrderDelivered",
    cancel: "OrderAlreadyShipped"
  },
  delivered: {
    draft: "nothing",
    add: "OrderNotDraft",
    change: "OrderNotDraft",
    remove: "OrderNotDraft",
    place: "OrderAlreadyPlaced",
    approve: "OrderAlreadyApproved",
    ship: "OrderAlreadyShipped",
    deliver: "nothing",
    cancel: "OrderAlreadyDelivered"
  },
  cancelled: {
    draft: "nothing",
    add: "OrderAlreadyCancelled",
    change: "OrderAlreadyCancelled",
    remove: "OrderAlreadyCancelled",
    place: "OrderAlreadyCancelled",
    approve: "OrderAlreadyCancelled",
    ship: "OrderAlreadyCancelled",
    deliver: "OrderAlreadyCancelled",
    cancel: "nothing"
  }
}

const Refusal = Schema.toCodecJson(OrderErrors.OwnRefusal)

for (const state of Struct.keys(table)) {
  describe(`an order that is ${state}`, () => {
    for (const name of Struct.keys(commands)) {
      const expected = table[state][name]
      it(`${name}: ${expected}`, () => {
        const order = orders[state]
        const outcome = order.when(commands[name])
        assert.strictEqual(told(outcome), expected)
        if (outcome._tag === "Success") return
        const refusal = outcome.failure
        assert.strictEqual(refusal.orderId, Scenario.orderId)
        assert.include(refusal.message, Scenario.orderId)
        if ("status" in refusal) assert.strictEqual(refusal.status, order.state.status)
        const received = Schema.decodeUnknownSync(Refusal)(
          JSON.parse(JSON.stringify(Schema.encodeSync(Refusal)(refusal)))
        )
        assert.deepStrictEqual({ ...received, message: received.message }, { ...refusal, message: refusal.message })
      })
    }
  })
}
