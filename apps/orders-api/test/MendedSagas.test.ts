/**
 * Sagas that were parked by trouble which passes, over HTTP: a person sees what keeps failing, has it mended, has the saga
 * tried again, and it goes on to its end. Time is the test's.
 */
import { assert, describe, layer } from "@effect/vitest"
import { CardGatewayMemory } from "@eventfold/card-gateway"
import { CardGateway } from "@eventfold/domain-payments"
import { EventStore, EventStoreFailure } from "@eventfold/event-store"
import { Duration, Effect, Layer } from "effect"
import { GatewayAccess } from "../src/gateway/GatewayAccess.ts"
import { portsMemory } from "../src/Service.ts"
import { placed } from "./FulfilmentSamples.ts"
import { counts } from "./InventorySamples.ts"
import { each, read } from "./Reading.ts"
import { bodies } from "./Samples.ts"
import { act, audited, comesTo, passes } from "./SagaSamples.ts"
import { request, TestService } from "./TestService.ts"

/** What is wrong at the moment. */
const trouble = { releases: false, refunds: false, slowness: Duration.zero }

/** A store that cannot store that a reservation is released, for as long as the trouble lasts. */
const ports = Layer.effect(
  EventStore,
  Effect.map(EventStore, (memory) => ({
    ...memory,
    append: (...given: Parameters<typeof memory.append>) =>
      trouble.releases && given[2].some(({ type }) => type === "ReservationReleased")
        ? Effect.fail(
            new EventStoreFailure({ operation: "append", retryable: false, detail: "no room", cause: undefined })
          )
        : memory.append(...given)
  }))
).pipe(Layer.provideMerge(Layer.fresh(portsMemory)))

/** A gateway that takes its time, and gives no money back, for as long as the trouble lasts. */
const gateway = Layer.effect(
  CardGateway.CardGateway,
  Effect.map(CardGateway.CardGateway, (memory) => ({
    ...memory,
    authorise: (asked: CardGateway.Authorise) => Effect.delay(memory.authorise(asked), trouble.slowness),
    refund: (asked: CardGateway.Refund) =>
      trouble.refunds
        ? Effect.fail(new CardGateway.GatewayDeclined({ paymentId: asked.paymentId, code: "other" }))
        : memory.refund(asked)
  }))
).pipe(
  Layer.provide(CardGatewayMemory.layerMemory),
  Layer.merge(
    Layer.succeed(GatewayAccess, {
      description: "made to fail",
      webhookSecret: undefined,
      introduce: () => Effect.void
    })
  )
)

describe("a saga that is parked by trouble that passes", () => {
  layer(TestService.layer({ settings: { fulfilment: "orchestrated" }, ports, gateway }))((it) => {
    it.effect("tells what keeps failing, and is compensated once that is mended and it is tried again", () =>
      Effect.gen(function* () {
        trouble.releases = true
        const order = yield* placed({ token: "tok_insufficient_funds" })
        const parked = yield* comesTo(order.saga, "parked")
        assert.strictEqual(parked.at("parked"), "could not undo reserve-stock")
        assert.strictEqual(parked.at("next"), "a person decides about reserve-stock: could not undo reserve-stock")
        const failed = parked.at("steps", 0, "compensation")
        assert.deepInclude(failed, { status: "failed", attempt: 5, command: "inventory.ReleaseReservation" })
        assert.deepInclude(failed, { error: "inventory.ReleaseReservation: the event store failed in append: no room" })
        assert.strictEqual((yield* read(order.path)).at("status"), "cancelled")
        assert.deepInclude(yield* counts(order.productId), { available: 8, reserved: 2 })

        trouble.releases = false
        const again = yield* act(order.saga, "retry", { reason: "there is room again" })
        assert.strictEqual(again.status, 200, again.text)
        const done = yield* comesTo(order.saga, "compensated")
        assert.strictEqual(done.at("steps", 0, "compensation", "status"), "done")
        assert.isUndefined(done.at("parked"))
        assert.deepInclude(yield* counts(order.productId), { available: 10, reserved: 0 })
        assert.deepStrictEqual(yield* audited(order.saga, "SagaRetried"), [["ada", "there is room again"]])
        const all = yield* passes("/sagas/statistics", (body) => body.at("compensated") === 1)
        assert.deepInclude(all.value, { parked: 0, failed: 1 })
      })
    )

    it.effect("and can only go forward, is completed once that is mended and it is tried again", () =>
      Effect.gen(function* () {
        trouble.refunds = true
        const order = yield* placed()
        yield* comesTo(order.saga, "completed")
        assert.strictEqual((yield* request("POST", `${order.path}/cancel`, { body: bodies.cancel })).status, 200)
        const undoing = order.saga.replace("order_", "cancelled-order_")
        const parked = yield* comesTo(undoing, "parked")
        assert.strictEqual(parked.at("parked"), "refund-payment was refused, and it can only go forward")
        assert.deepStrictEqual(each(parked, "steps", "execution", "status"), ["done", "refused", "pending"])
        assert.deepInclude(parked.at("steps", 1, "execution", "refusal"), { _tag: "RefundRefused" })

        trouble.refunds = false
        const captured = (yield* read(order.payment)).at("captured")
        const given = yield* act(order.payment, "refunds", { money: captured, reason: "Given back by hand" })
        assert.strictEqual(given.status, 200, given.text)
        const again = yield* act(undoing, "retry", { reason: "the money is given back" })
        assert.strictEqual(again.status, 200, again.text)
        const done = yield* comesTo(undoing, "completed")
        assert.deepStrictEqual(each(done, "steps", "execution", "status"), ["done", "done", "done"])
        const payment = yield* read(order.payment)
        assert.deepStrictEqual(payment.at("refunded"), payment.at("captured"))
        assert.deepInclude(yield* counts(order.productId), { available: 10, reserved: 0 })
      })
    )

    it.effect("and one that is busy with a step is not tried again: nothing of it is stuck", () =>
      Effect.gen(function* () {
        trouble.slowness = Duration.seconds(10)
        const order = yield* placed()
        yield* passes(order.saga, (body) => body.at("steps", 1, "execution", "status") === "running")
        const { body, status } = yield* act(order.saga, "retry", { reason: "it takes long" })
        assert.deepStrictEqual([status, body.at("reason")], [409, "SagaNotStuck"])
        assert.match(body.text("detail"), /^nothing of the saga order_[0-9a-f-]{36} is stuck: no step waits/u)
        yield* comesTo(order.saga, "completed")
        assert.deepStrictEqual(yield* audited(order.saga, "SagaRetried"), [])
      })
    )
  })
})
