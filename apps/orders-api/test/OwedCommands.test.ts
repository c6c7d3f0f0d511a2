/** Nobody can be reached for a while: what a process owes is sent again as another command, and it goes on until that is answered. */
import { assert, it } from "@effect/vitest"
import { OrderIds, ProcessSamples, ShippingState } from "@eventfold/domain-fulfilment"
import type { CommandEnvelope, CommandOutcome } from "@eventfold/event-store"
import { CommandNotSent } from "@eventfold/processes"
import { TestTime } from "@eventfold/testing"
import { Effect, type Schema } from "effect"
import { happen, running, standing } from "./ManagersInMemory.ts"

const told = ProcessSamples.shipping.flatMap((input) =>
  input._tag === "ShipmentDispatched" || input._tag === "ShipmentDelivered" ? [input] : []
)

it.effect("a delivered order goes on until its stock is committed", () =>
  Effect.gen(function* () {
    const orderId = told[0]?.orderId ?? (yield* Effect.die("there is no sample"))
    const { reservationId } = OrderIds.of(orderId)
    const answers: { readonly [command: string]: Schema.Json } = {
      "inventory.CommitReservation": { reservationId, orderId, status: "committed", lines: [], version: 2 },
      "ordering.ShipOrder": { orderId, status: "shipped", version: 4, total: { amount: 2_500, currency: "EUR" } },
      "fulfilment.NotifyCustomer": { orderId, version: 1 }
    }
    const committing: Array<string> = []
    const send = (
      command: string,
      { id }: CommandEnvelope<Schema.Json>
    ): Effect.Effect<CommandOutcome, CommandNotSent> =>
      Effect.suspend(() => {
        const isCommit = command === "inventory.CommitReservation"
        if (isCommit) committing.push(id)
        return isCommit && committing.length <= 3
          ? Effect.fail(new CommandNotSent({ command, reason: "away", ofOutside: false }))
          : Effect.succeed({ _tag: "Answered", answer: answers[command] ?? null })
      })
    yield* Effect.gen(function* () {
      yield* happen(ShippingState.events, told)
      yield* TestTime.pass(10)
      const owing = yield* standing("shipping", orderId)
      assert.deepInclude(owing, { status: "running", phase: "delivered", open: [] })
      assert.deepStrictEqual(Object.keys(owing.timers), ["commit-again"])
      assert.lengthOf(committing, 3)
      assert.strictEqual(new Set(committing).size, 1)
      yield* TestTime.pass(60)
      assert.deepInclude(yield* standing("shipping", orderId), { status: "ended", phase: "delivered", timers: {} })
    }).pipe(Effect.provide(running({ send })))
    // Three attempts at the first command, and one at another one: a command that is known by its id is not sent twice.
    assert.lengthOf(committing, 4)
    assert.strictEqual(new Set(committing).size, 2)
  })
)
