/** Reservations that are held until a time end by themselves, also when nobody can be reached for a while. */
import { assert, describe, it } from "@effect/vitest"
import { ReservationExpiry, ReservationExpirySamples } from "@eventfold/domain-inventory"
import { CommandNotSent } from "@eventfold/processes"
import { TestTime } from "@eventfold/testing"
import { DateTime, Effect } from "effect"
import { happen, running, standing } from "./ManagersInMemory.ts"

const { ends, held, outcomes } = ReservationExpirySamples
const { reservationId } = held
const { answer } = outcomes(ReservationExpiry.first).answered

/** Held for two minutes from the present on. */
const heldNow = Effect.map(DateTime.now, (occurredAt) => ({
  ...held,
  occurredAt,
  expiresAt: DateTime.add(occurredAt, { minutes: 2 })
}))

/** Somebody who takes commands, away for so many attempts, and what was sent to him so far. */
const takes = (away: number) => {
  const sent: Array<string> = []
  const send = (command: string, { id }: { readonly id: string }) =>
    Effect.suspend(() => {
      sent.push(id)
      return sent.length <= away
        ? Effect.fail(new CommandNotSent({ command, reason: "away", ofOutside: false }))
        : Effect.succeed({
            _tag: "Answered" as const,
            answer: { reservationId, status: answer.status, lines: [], version: answer.version }
          })
    })
  return { sent, sender: { send } }
}

const stands = standing("reservation-expiry", reservationId)

describe("a reservation that is held until a time", () => {
  it.effect("expires then, and is sent again what failed", () => {
    const { sender, sent } = takes(3)
    return Effect.gen(function* () {
      yield* happen(ReservationExpiry.events, [yield* heldNow])
      yield* TestTime.pass(119)
      const waiting = yield* stands
      assert.deepStrictEqual([waiting.status, Object.keys(waiting.timers)], ["running", ["expiry"]])
      assert.lengthOf(sent, 0)
      yield* TestTime.pass(11)
      const owing = yield* stands
      assert.deepInclude(owing, { status: "running", phase: "expiring", open: [] })
      assert.deepStrictEqual(Object.keys(owing.timers), ["expire-again"])
      yield* TestTime.pass(60)
      assert.deepInclude(yield* stands, { status: "ended", phase: "over", timers: {} })
      // Three attempts at the first command, and one at another one.
      assert.lengthOf(sent, 4)
      assert.strictEqual(new Set(sent).size, 2)
    }).pipe(Effect.provide(running(sender)))
  })

  it.effect("is left alone when it has ended before", () => {
    const { sender, sent } = takes(0)
    return Effect.gen(function* () {
      yield* happen(ReservationExpiry.events, [yield* heldNow, ends.released])
      yield* TestTime.pass(150)
      assert.deepInclude(yield* stands, { status: "ended", timers: {} })
      assert.lengthOf(sent, 0)
    }).pipe(Effect.provide(running(sender)))
  })
})

describe("a reservation without a time", () => {
  it.effect("has no process", () => {
    const { sender, sent } = takes(0)
    const { expiresAt: _, ...forGood } = held
    return Effect.gen(function* () {
      yield* happen(ReservationExpiry.events, [forGood, ends.committed])
      yield* TestTime.pass(150)
      assert.deepInclude(yield* stands, { status: "new", version: 0 })
      assert.lengthOf(sent, 0)
    }).pipe(Effect.provide(running(sender)))
  })
})
