/**
 * Commands on payments that are broken off anywhere: before and after every append and every request to the gateway, and
 * then sent again. Money is taken once, and what was given up is given back.
 */
import { assert, describe, it } from "@effect/vitest"
import { CardGatewayMemory } from "@eventfold/card-gateway"
import { CardData, CardGateway, PaymentCommands, type PaymentEvents, PaymentIds } from "@eventfold/domain-payments"
import { CommandBus, EventStore, layerMemory } from "@eventfold/event-store"
import { OrderId } from "@eventfold/shared-kernel"
import { Context, DateTime, Effect, Exit, Layer } from "effect"
import { handlers } from "../src/commands/PaymentCommandHandlers.ts"
import { streamOf } from "../src/PaymentStreamId.ts"
import { uuid } from "./Samples.ts"

const orderId = OrderId.fromUuid(uuid())
const paymentId = PaymentIds.ofOrder(orderId)
const occurredAt = DateTime.makeUnsafe("2026-03-01T12:00:00Z")
const money = { amount: 500, currency: "EUR" } as const
const take = PaymentCommands.TakePayment.make({ paymentId, orderId, money, token: CardGatewayMemory.visa, occurredAt })
const giveUp = PaymentCommands.RefundPayment.make({
  paymentId,
  reason: CardData.Reason.make("The order was cancelled"),
  occurredAt
})

/** Ports that die at the `deadly`-th place they come by, once, and a gateway that counts what it does. */
const breaking = (deadly: number) => {
  const done = { captured: 0, refunded: 0, places: 0 }
  const seen = new Set<string>()
  const place = Effect.suspend(() => {
    done.places += 1
    return done.places === deadly ? Effect.die("the process ended") : Effect.void
  })
  const around = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.andThen(
      place,
      Effect.flatMap(effect, (answer) => Effect.as(place, answer))
    )
  /** What is done under a key for the first time. */
  const count = (key: string, what: "captured" | "refunded", amount: number) =>
    Effect.sync(() => {
      if (!seen.has(key)) done[what] += amount
      seen.add(key)
    })

  const gateway = Layer.effect(
    CardGateway.CardGateway,
    Effect.gen(function* () {
      const memory = Context.get(
        yield* Layer.build(Layer.fresh(CardGatewayMemory.layerMemory)),
        CardGateway.CardGateway
      )
      return {
        authorise: (request) => around(memory.authorise(request)),
        capture: (request) =>
          around(Effect.tap(memory.capture(request), () => count(request.key, "captured", request.money.amount))),
        refund: (request) =>
          around(Effect.tap(memory.refund(request), () => count(request.key, "refunded", request.money.amount))),
        void: (request) => around(memory.void(request))
      }
    })
  )
  const ports = Layer.effectContext(
    Effect.gen(function* () {
      const context = yield* Layer.build(Layer.fresh(layerMemory))
      const store = Context.get(context, EventStore)
      return Context.add(context, EventStore, {
        ...store,
        append: (...args: Parameters<typeof store.append>) => around(store.append(...args))
      })
    })
  )
  return { done, layer: CommandBus.layer(handlers).pipe(Layer.provideMerge(ports), Layer.provide(gateway)) }
}

const send = Effect.fnUntraced(function* (
  payload: PaymentCommands.TakePayment | PaymentCommands.RefundPayment,
  id: string
) {
  const bus = yield* CommandBus
  const envelope = { id, tenant: "main" }
  return payload._tag === "TakePayment"
    ? yield* bus.dispatch(PaymentCommands.takePayment, { ...envelope, payload })
    : yield* bus.dispatch(PaymentCommands.refundPayment, { ...envelope, payload })
})

const happened = Effect.gen(function* () {
  const store = yield* EventStore
  const events = yield* store.readPage(streamOf("main", paymentId), { direction: "forwards", from: 1, limit: 100 })
  return events.map(({ type }) => type)
})
const times = (events: ReadonlyArray<string>, type: PaymentEvents.PaymentEvent["_tag"]) =>
  events.filter((event) => event === type).length

/** Runs a scenario with every place it comes by as the deadly one. */
const everywhere = (scenario: (deadly: number) => Effect.Effect<number>) =>
  Effect.gen(function* () {
    let places = 1
    for (let deadly = 1; deadly <= places; deadly += 1) places = Math.max(places, yield* scenario(deadly))
    return places
  })

describe("a payment that is broken off anywhere", () => {
  it.effect("is taken once when its command is sent again", () =>
    Effect.gen(function* () {
      const places = yield* everywhere((deadly) => {
        const { done, layer } = breaking(deadly)
        return Effect.gen(function* () {
          const id = uuid()
          const first = yield* Effect.exit(send(take, id))
          const answer = yield* send(take, id)
          assert.strictEqual(answer.status, "captured")
          const events = yield* happened
          assert.deepStrictEqual(
            events,
            ["PaymentRequested", "PaymentAuthorised", "CaptureRequested", "PaymentCaptured"],
            `broken off at ${deadly}`
          )
          assert.deepInclude(done, { captured: 500, refunded: 0 })
          assert.deepStrictEqual((yield* send(take, id)).version, 4)
          return Exit.isFailure(first) ? done.places : deadly - 1
        }).pipe(Effect.provide(layer), Effect.orDie)
      })
      // Three appends and two requests, before and after each.
      assert.isAtLeast(places, 10)
    })
  )

  it.effect("leaves nothing taken when it is given up instead, whoever comes late", () =>
    Effect.gen(function* () {
      yield* everywhere((deadly) => {
        const { done, layer } = breaking(deadly)
        return Effect.gen(function* () {
          const [taking, giving] = [uuid(), uuid()]
          const first = yield* Effect.exit(send(take, taking))
          const second = yield* Effect.exit(send(giveUp, giving))
          yield* send(giveUp, giving)
          const late = yield* Effect.flip(send(take, uuid()))
          assert.strictEqual(late._tag, "PaymentIsVoid")
          const events = yield* happened
          assert.isAtMost(times(events, "PaymentCaptured"), 1)
          assert.strictEqual(times(events, "PaymentRefunded"), times(events, "PaymentCaptured"), events.join(" "))
          assert.strictEqual(done.captured - done.refunded, 0, `broken off at ${deadly}: ${events.join(" ")}`)
          return Exit.isFailure(first) || Exit.isFailure(second) ? done.places : deadly - 1
        }).pipe(Effect.provide(layer), Effect.orDie)
      })
    })
  )

  it.effect("is taken once, or not at all, when two take it and one gives it up at the same moment", () =>
    Effect.gen(function* () {
      for (let round = 0; round < 50; round += 1) {
        const { done, layer } = breaking(0)
        yield* Effect.gen(function* () {
          yield* Effect.all(
            [send(take, uuid()), send(giveUp, uuid()), send(take, uuid())].map((sent, index) =>
              Effect.exit(Effect.andThen(Effect.replicateEffect(Effect.yieldNow, (round * (index + 1)) % 7), sent))
            ),
            { concurrency: "unbounded" }
          )
          yield* send(giveUp, uuid())
          const events = yield* happened
          assert.isAtMost(times(events, "PaymentCaptured"), 1)
          assert.strictEqual(done.captured - done.refunded, 0, events.join(" "))
        }).pipe(Effect.provide(layer))
      }
    })
  )
})
