/**
 * Sagas that are parked, over HTTP: a refund that is declined keeps an order from being undone; a person finds it, sees all
 * that is to know, has it tried again, skips the step, or ends it. Time is the test's.
 */
import { assert, describe, layer } from "@effect/vitest"
import { CardGatewayMemory } from "@eventfold/card-gateway"
import { CardGateway } from "@eventfold/domain-payments"
import { Effect, Layer } from "effect"
import { GatewayAccess } from "../src/gateway/GatewayAccess.ts"
import { placed } from "./FulfilmentSamples.ts"
import { counts } from "./InventorySamples.ts"
import { each, read } from "./Reading.ts"
import { act, audited, comesTo, passes } from "./SagaSamples.ts"
import { TestService } from "./TestService.ts"

const gateway = Layer.effect(
  CardGateway.CardGateway,
  Effect.map(CardGateway.CardGateway, (memory) => ({
    ...memory,
    refund: ({ paymentId }: CardGateway.Refund) => new CardGateway.GatewayDeclined({ paymentId, code: "other" })
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

/** An order nobody goes to, whose money cannot be given back: its saga is parked. */
const parked = Effect.gen(function* () {
  const order = yield* placed({ country: "Antarctica" })
  yield* comesTo(order.saga, "parked")
  return order
})

describe("a saga that is parked", () => {
  layer(TestService.layer({ settings: { fulfilment: "orchestrated" }, gateway }))((it) => {
    it.effect("is found, and tells everything a person needs", () =>
      Effect.gen(function* () {
        const order = yield* parked
        const id = order.saga.slice("/sagas/".length)
        const list = yield* passes("/sagas?state=parked", (body) => body.at("total") === 1)
        assert.deepStrictEqual(each(list, "sagas", "sagaId"), [id])
        assert.deepInclude((yield* read("/sagas/statistics")).value, { parked: 1 })
        const health = yield* read("/health")
        assert.match(health.text("components", "sagas", "detail"), /^1 parked: a person has to decide/u)

        const saga = yield* read(order.saga)
        assert.strictEqual(saga.at("parked"), "could not undo take-payment")
        assert.strictEqual(saga.at("next"), "a person decides about take-payment: could not undo take-payment")
        const steps = saga.all("steps")
        assert.deepStrictEqual(
          steps.map((step) => [step.at("step"), step.at("execution", "status"), step.at("compensation", "status")]),
          [
            ["reserve-stock", "done", "done"],
            ["take-payment", "done", "refused"],
            ["approve-order", "done", "not-needed"],
            ["request-shipment", "refused", "not-needed"],
            ["tell-customer", "not-reached", undefined]
          ]
        )
        assert.deepInclude(steps[3]?.at("execution", "refusal"), { _tag: "ShipmentImpossible" })
        const failed = new Map(steps[1]?.entries("compensation").map(([key, value]) => [key, value.value]))
        assert.deepInclude(Object.fromEntries(failed), { attempt: 1, command: "payments.RefundPayment" })
        assert.match(String(failed.get("error")), /it was refused/u)
        for (const time of ["begunAt", "endedAt"]) assert.match(String(failed.get(time)), /^\d{4}-.*Z$/u)
        // Everything else is undone all the same.
        assert.strictEqual((yield* read(order.path)).at("status"), "cancelled")
        assert.deepInclude(yield* counts(order.productId), { available: 10, reserved: 0 })
        assert.strictEqual((yield* read(order.payment)).at("refunded", "amount"), 0)
      })
    )

    it.effect("is parked again by a retry that mends nothing, and goes on once the step is skipped", () =>
      Effect.gen(function* () {
        const order = yield* parked
        const refused = (yield* read(order.saga)).at("steps", 1, "compensation")
        assert.deepInclude(refused, { status: "refused", attempt: 1 })
        assert.strictEqual((yield* act(order.saga, "retry", { reason: "to see it" })).status, 200)
        yield* comesTo(order.saga, "parked")
        assert.deepInclude(yield* audited(order.saga, "SagaRetried"), ["ada", "to see it"])

        const other = yield* act(order.saga, "skip", { step: "reserve-stock", reason: "it is done" })
        assert.deepStrictEqual([other.status, other.body.at("reason")], [409, "StepNotStuck"])
        assert.match(other.body.text("detail"), /reserve-stock is not stuck; take-payment can be skipped/u)
        const skipped = yield* act(order.saga, "skip", { step: "take-payment", reason: "given back by a transfer" })
        assert.strictEqual(skipped.status, 200, skipped.text)
        const done = yield* comesTo(order.saga, "compensated")
        assert.strictEqual(done.at("steps", 1, "compensation", "status"), "skipped")
        assert.deepStrictEqual(yield* audited(order.saga, "StepSkipped"), [["ada", "given back by a transfer"]])
        const again = yield* act(order.saga, "skip", { step: "take-payment", reason: "once more" })
        assert.deepStrictEqual([again.status, again.body.at("reason")], [409, "SagaEnded"])
      })
    )

    it.effect("is ended where it stands when it is abandoned", () =>
      Effect.gen(function* () {
        const order = yield* parked
        const ended = yield* act(order.saga, "abandon", { reason: "the customer keeps it as a credit" })
        assert.deepStrictEqual([ended.status, ended.body.at("status")], [200, "abandoned"])
        assert.deepStrictEqual(yield* audited(order.saga, "SagaAbandoned"), [
          ["ada", "the customer keeps it as a credit"]
        ])
        yield* passes("/sagas?state=abandoned", (body) => body.at("total") === 1)
        assert.strictEqual((yield* act(order.saga, "abandon", { reason: "once more" })).status, 409)
      })
    )

    it.effect.each([
      ["retry", {}, ["reason"]],
      ["retry", { reason: "" }, ["reason"]],
      ["abandon", { reason: "x", by: "ada" }, ["by"]],
      ["skip", { reason: "x" }, ["step"]],
      ["skip", { step: "" }, ["reason", "step"]]
    ] as const)("is left alone by a request with a wrong body, which names its field: %s %j", ([what, body, fields]) =>
      Effect.gen(function* () {
        const { body: problem, status } = yield* act("/sagas/nobody", what, body)
        assert.strictEqual(status, 400)
        assert.sameMembers(each(problem, "errors", "field"), [...fields])
      })
    )
  })
})
