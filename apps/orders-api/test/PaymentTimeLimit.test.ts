/** With no coordinator, one attempt to take a payment may take as long as the setting says, be that longer than usual. */
import { assert, describe, it } from "@effect/vitest"
import { Limits, PaymentState, ProcessSamples } from "@eventfold/domain-fulfilment"
import { EventCodec, EventId, EventStore, ExpectedVersion, layerMemory, StreamId } from "@eventfold/event-store"
import { Breakers, CommandSender, ProcessManagerRunner, TimersMemory } from "@eventfold/processes"
import {
  ConsumerProgress,
  ConsumerRegistry,
  layerMemory as readSideInMemory,
  Subscriptions
} from "@eventfold/subscriptions"
import { TestTime } from "@eventfold/testing"
import { type Duration, Effect, Layer } from "effect"
import { managers } from "../src/fulfilment/RunningProcesses.ts"

const tenant = "main"
const codec = EventCodec.make(PaymentState.events)

/** A gateway that answers after 40 seconds, and how often it was asked. */
const slow = (asked: Array<string>) =>
  Layer.succeed(CommandSender, {
    send: (command, { payload }) =>
      Effect.suspend(() => {
        asked.push(command)
        const paymentId =
          typeof payload === "object" && payload !== null && "paymentId" in payload ? payload["paymentId"] : null
        return Effect.delay(
          Effect.succeed({ _tag: "Answered" as const, answer: { paymentId, status: "captured", version: 1 } }),
          "40 seconds"
        )
      })
  })

const ports = Layer.fresh(
  Layer.mergeAll(
    readSideInMemory,
    ConsumerRegistry.layer,
    ConsumerProgress.layer,
    Subscriptions.layer,
    TimersMemory.layerMemory
  ).pipe(Layer.provideMerge(layerMemory))
)

/** How a payment stands after 45 seconds, and how often the gateway was asked. */
const after45 = (payment: Duration.Input) => {
  const asked: Array<string> = []
  const runs = managers({ ...Limits.usual, payment }).choreographed.map(({ run }) => run)
  const running = ProcessManagerRunner.layer(runs).pipe(Layer.provide([slow(asked), Breakers.layer()]))
  return Effect.gen(function* () {
    const store = yield* EventStore
    const [placed, reserved] = ProcessSamples.payment
    const given = [placed, reserved].filter((input) => input?._tag === "OrderPlaced" || input?._tag === "StockReserved")
    for (const [index, event] of given.entries()) {
      const [encoded] = yield* codec.encode([event], tenant)
      if (encoded === undefined) return yield* Effect.die("an event is one event")
      const stream = StreamId.make(tenant, "told", event.orderId)
      yield* store.append(stream, ExpectedVersion.Any, [{ ...encoded, id: EventId.make(index), metadata: {} }])
    }
    yield* TestTime.pass(45)
    const { phase } = yield* (yield* ProcessManagerRunner).standing("payment", tenant, given[0]?.orderId ?? "")
    return { phase, asked }
  }).pipe(Effect.provide(Layer.provideMerge(running, ports)))
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
