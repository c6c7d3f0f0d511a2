import { assert, describe, it } from "@effect/vitest"
import {
  Reservation,
  ReservationCommands,
  ReservationErrors,
  ReservationEvents,
  ReservationLines,
  StockErrors,
  StockMoves
} from "@eventfold/domain-inventory"
import * as published from "@eventfold/domain-inventory/published"
import { OrderId } from "@eventfold/shared-kernel"
import { Result, Schema, Struct } from "effect"
import * as Scenario from "./Scenario.ts"

const { commit, expire, expireAt, lines, minutesLater, occurredAt, order, orderId, product, productId } = Scenario
const { quantity, recorded, refusal, release, reservationCommands, reservationId, reservations } = Scenario
const { reservationsBy, reserve, reserveForAWhile, told } = Scenario

/** What each command leads to in each status. */
const table: Record<keyof typeof reservationsBy, Record<keyof typeof reservationCommands, string>> = {
  none: {
    reserve: "StockReserved",
    release: "ReservationBarred",
    commit: "ReservationNotFound",
    expire: "ReservationNotFound"
  },
  held: {
    reserve: "nothing",
    release: "ReservationReleased",
    commit: "ReservationCommitted",
    expire: "ReservationNotDue"
  },
  "held for a while": {
    reserve: "nothing",
    release: "ReservationReleased",
    commit: "ReservationCommitted",
    expire: "ReservationExpired"
  },
  committed: { reserve: "nothing", release: "ReservationAlreadyCommitted", commit: "nothing", expire: "nothing" },
  released: { reserve: "ReservationEnded", release: "nothing", commit: "ReservationEnded", expire: "nothing" },
  expired: { reserve: "ReservationEnded", release: "nothing", commit: "ReservationEnded", expire: "nothing" },
  barred: { reserve: "ReservationEnded", release: "nothing", commit: "ReservationEnded", expire: "nothing" }
}

const Refusal = Schema.toCodecJson(ReservationErrors.ReservationRefusal)

for (const status of Struct.keys(table)) {
  describe(`a reservation that is ${status}`, () => {
    for (const name of Struct.keys(reservationCommands)) {
      const expected = table[status][name]
      it(`${name}: ${expected}`, () => {
        const outcome = reservationsBy[status].when(reservationCommands[name])
        assert.strictEqual(told(outcome), expected)
        if (Result.isSuccess(outcome)) return
        const refused = outcome.failure
        assert.include(refused.message, reservationId)
        const received = Schema.decodeUnknownSync(Refusal)(
          JSON.parse(JSON.stringify(Schema.encodeSync(Refusal)(refused)))
        )
        assert.deepStrictEqual({ ...received, message: received.message }, { ...refused, message: refused.message })
      })
    }
  })
}

describe("reserving", () => {
  it("records the order, the lines, and from when on it can expire", () => {
    const reserved = { _tag: "StockReserved", reservationId, orderId, lines, occurredAt } as const
    assert.deepStrictEqual(recorded(reservations.given().when(reserve)), [reserved])
    const [event] = recorded(reservations.given().when(reserveForAWhile))
    assert.deepStrictEqual(event, { ...reserved, expiresAt: minutesLater(10) })
  })

  it("again with the same lines in another order is already so; for another order or with other lines it is refused", () => {
    const { when } = reservations.after(reserve)
    assert.strictEqual(told(when({ ...reserve, lines: lines.toReversed() })), "nothing")
    assert.deepInclude(refusal(when({ ...reserve, orderId: order(2) })), { differs: "order" })
    const more = lines.map((line) => ({ ...line, quantity: quantity(line.quantity + 1) }))
    for (const others of [more, lines.slice(1)]) {
      assert.deepInclude(refusal(when({ ...reserve, lines: others })), { _tag: "ReservationDiffers", differs: "lines" })
    }
  })

  it("takes one line per product, and at least one", () => {
    const isLines = Schema.is(ReservationLines.ReservationLines)
    const [first] = lines
    assert.isTrue(isLines(lines))
    for (const others of [[], [first, first]]) assert.isFalse(isLines(others))
  })
})

describe("expiring", () => {
  it("happens at its time or later, by the time of the command", () => {
    const { when } = reservations.after(reserveForAWhile)
    const early = refusal(when(expireAt(minutesLater(9))))
    assert.strictEqual(early.message, `reservation ${reservationId} does not expire before 2024-05-01T00:10:00.000Z`)
    assert.strictEqual(told(when(expireAt(minutesLater(11)))), "ReservationExpired")
    assert.strictEqual(
      refusal(reservations.after(reserve).when(expire)).message,
      `reservation ${reservationId} does not expire`
    )
  })
})

describe("what follows for the products", () => {
  const moves = (...commands: ReadonlyArray<ReservationCommands.ReservationCommand>) =>
    reservations.after(...commands).events.map(StockMoves.of)

  it("is one move per line, in the order of the products", () => {
    const [reserved] = moves(reserve)
    assert.deepStrictEqual(reserved, [
      { _tag: "AllocateStock", productId, quantity: quantity(5), reservationId, occurredAt },
      { _tag: "AllocateStock", productId: product(2), quantity: quantity(3), reservationId, occurredAt }
    ])
    const tags = (...commands: ReadonlyArray<ReservationCommands.ReservationCommand>) =>
      moves(...commands)
        .at(-1)
        ?.map(({ _tag }) => _tag)
    assert.deepStrictEqual(tags(reserve, commit), ["ShipStock", "ShipStock"])
    assert.deepStrictEqual(tags(reserve, release), ["FreeStock", "FreeStock"])
    assert.deepStrictEqual(tags(reserveForAWhile, expire), ["FreeStock", "FreeStock"])
    assert.deepStrictEqual(tags(release), [])
  })

  it("is refused as a whole, with every line that is short", () => {
    const short = (productId: ReturnType<typeof product>, available: number) =>
      new StockErrors.NotEnoughAvailable({ productId, requested: quantity(5), available })
    const refused = StockMoves.insufficient(reserve, [short(productId, 2), short(product(2), 0)])
    assert.deepInclude(refused, { _tag: "InsufficientStock", reservationId, orderId })
    assert.strictEqual(
      refused.message,
      `reservation ${reservationId} cannot be held: there is not enough for 5 of ${productId} (2 available), 5 of ${product(2)} (0 available)`
    )
  })
})

describe("an answer", () => {
  it("tells where the reservation stands", () => {
    const { state } = reservations.after(reserveForAWhile)
    const expiresAt = minutesLater(10)
    const held = { reservationId, status: "held", version: 1, orderId, lines, expiresAt } as const
    assert.deepStrictEqual(Reservation.answerOf(state, 1), held)
    const barred = { reservationId, status: "barred", version: 1, lines: [] } as const
    assert.deepStrictEqual(Reservation.answerOf(reservations.after(release).state, 1), barred)
    assert.throws(() => Reservation.answerOf(Reservation.initial, 0), RangeError)
  })
})

describe("what other contexts may know", () => {
  it("is every event of a reservation, and none of a stock", () => {
    assert.deepStrictEqual(
      published.InventoryEvent.members.map((event) => event.fields._tag.schema.literal),
      ReservationEvents.ReservationEvent.members.map((event) => event.fields._tag.schema.literal)
    )
  })

  it("is the reservation of an order, which has its UUID", () => {
    const id = published.ofOrder(orderId)
    assert.strictEqual(published.ReservationId.uuidOf(id), OrderId.uuidOf(orderId))
  })
})

describe("messages about reservations", () => {
  it("name each command by its context", () => {
    const { commitReservation, expireReservation, releaseReservation, reserveStock } = ReservationCommands
    assert.deepStrictEqual(
      [reserveStock, releaseReservation, commitReservation, expireReservation].map(({ name }) => name),
      ReservationCommands.ReservationCommand.members.map((member) => `inventory.${member.fields._tag.schema.literal}`)
    )
  })
})
