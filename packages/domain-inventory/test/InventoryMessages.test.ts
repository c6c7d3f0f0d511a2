import { assert, describe, it } from "@effect/vitest"
import { InventoryMessages } from "@eventfold/domain-inventory"
import { MessageSpec } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"

const { commit, expire, orderId, recorded, release, reservationId, reservationsBy, reserve, reserveForAWhile } =
  Scenario

/** What is said when a command is carried out on a reservation. */
const saidOf = (reservation: typeof reservationsBy.none, command: Parameters<typeof reservation.when>[0]) =>
  MessageSpec.told(InventoryMessages, recorded(reservation.when(command)))

const at = "2024-05-01T00:00:00.000Z"
const expiry = "2024-05-01T00:10:00.000Z"
const told = {
  orderId,
  reservationId,
  lines: Scenario.lines.map(({ productId, quantity }) => ({ productId, quantity: Number(quantity) }))
}

describe("the published language of inventory", () => {
  it("says what is set aside for an order, and for how long", () => {
    assert.deepStrictEqual(saidOf(reservationsBy.none, reserve), [
      { type: "inventory.stock-reserved.v1", key: orderId, data: { ...told, reservedAt: at } }
    ])
    assert.deepStrictEqual(saidOf(reservationsBy.none, reserveForAWhile), [
      { type: "inventory.stock-reserved.v1", key: orderId, data: { ...told, expiresAt: expiry, reservedAt: at } }
    ])
  })

  it("says in one way that it is for others again, and why", () => {
    assert.deepStrictEqual(saidOf(reservationsBy.held, release), [
      { type: "inventory.stock-released.v1", key: orderId, data: { ...told, cause: "released", releasedAt: at } }
    ])
    assert.deepStrictEqual(saidOf(reservationsBy["held for a while"], expire), [
      { type: "inventory.stock-released.v1", key: orderId, data: { ...told, cause: "expired", releasedAt: expiry } }
    ])
  })

  it("says that it left the house", () => {
    assert.deepStrictEqual(saidOf(reservationsBy.held, commit), [
      { type: "inventory.stock-committed.v1", key: orderId, data: { ...told, committedAt: at } }
    ])
  })

  it("says nothing of a reservation that never came to be", () => {
    assert.deepStrictEqual(saidOf(reservationsBy.none, release), [])
  })
})
