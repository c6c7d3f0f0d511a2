/** With no coordinator, one attempt to take a payment may take as long as the setting says, be that longer than usual. */
import { assert, describe, it } from "@effect/vitest"
import { OrderIds, PaymentState, ProcessSamples } from "@eventfold/domain-fulfilment"
import { TestTime } from "@eventfold/testing"
import { type Duration, Effect } from "effect"
import { happen, running, standing } from "./ManagersInMemory.ts"

const told = ProcessSamples.payment.flatMap((input) =>
  input._tag === "OrderPlaced" || input._tag === "StockReserved" ? [input] : []
)

/** How a payment stands after 45 seconds at a gateway that answers after 40, and what it was asked. */
const after45 = (payment: Duration.Input) => {
  const asked: Array<string> = []
  return Effect.gen(function* () {
    const orderId = told[0]?.orderId ?? (yield* Effect.die("there is no sample"))
    const { paymentId } = OrderIds.of(orderId)
    const outcome = { _tag: "Answered", answer: { paymentId, status: "captured", version: 1 } } as const
    const send = (command: string) =>
      Effect.suspend(() => {
        asked.push(command)
        return Effect.delay(Effect.succeed(outcome), "40 seconds")
      })
    return yield* Effect.gen(function* () {
      yield* happen(PaymentState.events, told)
      yield* TestTime.pass(45)
      const { phase } = yield* standing("payment", orderId)
      return { phase, asked }
    }).pipe(Effect.provide(running({ send }, { payment })))
  })
}

describe("an attempt to take a payment", () => {
  it.effect("is waited for as long as it may take", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* after45("1 minute"), { phase: "paid", asked: ["payments.TakePayment"] })
      const broken = yield* after45("30 seconds")
      assert.strictEqual(broken.phase, "paying")
      assert.lengthOf(broken.asked, 2)
    })
  )
})
