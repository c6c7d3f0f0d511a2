import { assert, describe, it } from "@effect/vitest"
import { Decider } from "@eventfold/decider"
import {
  GatewaySteps,
  Payment,
  PaymentCommands,
  PaymentErrors,
  PaymentEvents,
  PaymentState,
  PaymentStatus
} from "@eventfold/domain-payments"
import { effort } from "@eventfold/testing"
import { Arbitrary, Effect, Equal, Option, Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"
import { Walk, walk } from "./Walks.ts"

const options = { arbitrary: { runs: 200 * effort, size: 30 } }

/** What the events say went which way, added up without the code under test. */
const sums = (events: ReadonlyArray<PaymentEvents.PaymentEvent>) => {
  const sums = { authorised: 0, captured: 0, refunded: 0, fees: 0 }
  for (const event of events) {
    if (event._tag === "PaymentAuthorised") sums.authorised = event.money.amount
    if (event._tag === "PaymentCaptured") sums.captured += event.money.amount
    if (event._tag === "PaymentRefunded") sums.refunded += event.money.amount
    if (event._tag === "FeeNotReturned") sums.fees += event.fee.amount
  }
  return sums
}

describe("any sequence of commands, with any gateway", () => {
  it.effect("is tried far enough to meet every status, every event and nearly every refusal", () =>
    Effect.gen(function* () {
      const walks = yield* Arbitrary.sampleEffect(Walk, { count: 600, size: 30, seed: "payments" })
      const steps = walks.flatMap(walk)
      const statuses = new Set(steps.map(({ after }) => after.state.status))
      assert.sameMembers([...statuses], [...PaymentStatus.PaymentStatus.literals])
      const events = new Set(steps.flatMap(({ after }) => after.events.map(({ _tag }) => _tag)))
      assert.deepStrictEqual(
        PaymentEvents.PaymentEvent.members
          .map(({ fields }) => fields._tag.schema.literal)
          .filter((tag) => !events.has(tag)),
        []
      )
      const outcomes = new Set(steps.map(({ outcome }) => Scenario.told(outcome)))
      // What is left out needs another order, or a hundred refunds.
      const refusals = PaymentErrors.PaymentRefusal.members.map(({ fields }) => fields._tag.schema.literal)
      assert.deepStrictEqual(
        refusals.filter((refusal) => !outcomes.has(refusal)),
        ["PaymentNotFound", "TooManyRefunds"].filter((refusal) => !outcomes.has(refusal))
      )
    })
  )

  it.prop(
    "never captures more than is authorised, nor gives back more than was captured",
    { steps: Walk },
    ({ steps }) => {
      for (const { after } of walk(steps)) {
        const { authorised, captured, fees, refunded } = sums(after.events)
        assert.isTrue(0 <= refunded && refunded <= captured && captured <= authorised, `${refunded} ${captured}`)
        assert.isTrue(authorised <= Scenario.take.money.amount)
        assert.isTrue(Schema.is(PaymentState.PaymentState)(after.state))
        const { state } = after
        if (state.status === "none" || state.status === "barred") continue
        assert.deepStrictEqual([state.captured, state.refunded, state.feesKept], [captured, refunded, fees])
        assert.isTrue(PaymentState.refundable(state) >= 0)
      }
    },
    options
  )

  it.prop(
    "takes and gives each thing once: no step is awaited under a key that was used for something else",
    { steps: Walk },
    ({ steps }) => {
      const asked = new Map<string, string>()
      for (const { after } of walk(steps)) {
        const step = Option.getOrUndefined(GatewaySteps.next(after.state))
        if (step === undefined) continue
        const content = JSON.stringify(step)
        assert.strictEqual(asked.get(step.key) ?? content, content)
        asked.set(step.key, content)
      }
    },
    options
  )

  it.prop(
    "holds and keeps nothing once it is given up and the gateway has answered",
    { steps: Walk },
    ({ steps }) => {
      const walked = walk([...steps, [Scenario.refund, Array.from({ length: 40 }, () => "approves" as const)]])
      const { events = [], state = Payment.initial } = walked.at(-1)?.after ?? {}
      assert.isTrue(Option.isNone(GatewaySteps.next(state)), state.status)
      assert.notInclude(["requested", "authorised", "capturing", "voiding"], state.status)
      const { captured, refunded } = sums(events)
      const declined = events.some(({ _tag }) => _tag === "RefundDeclined")
      if (!declined) assert.strictEqual(refunded, captured)
      assert.strictEqual(Scenario.told(Scenario.given(...events).when(Scenario.takeAgain(3))), "PaymentIsVoid")
    },
    options
  )

  it.prop(
    "replays to the state it was decided with, and a repetition records nothing more",
    { steps: Walk },
    ({ steps }) => {
      for (const { after, asked, before, outcome } of walk(steps)) {
        if (Result.isFailure(outcome)) {
          assert.strictEqual(after, before)
          continue
        }
        assert.deepStrictEqual(Decider.fold(Payment.Payment, after.events), outcome.success.state)
        const again = after.when(asked)
        if (Result.isSuccess(again)) assert.deepStrictEqual(again.success.events, [])
      }
    },
    options
  )
})

describe("in JSON", () => {
  const round = <A>(schema: Schema.Codec<A, unknown>, value: A): A => {
    const codec = Schema.toCodecJson(schema)
    return Schema.decodeUnknownSync(codec)(JSON.parse(JSON.stringify(Schema.encodeSync(codec)(value))))
  }

  it.prop("every event comes back as it went", [PaymentEvents.PaymentEvent], ([event]) => {
    assert.isTrue(Equal.equals(round(PaymentEvents.PaymentEvent, event), event))
  })

  it.prop("every command comes back as it went", [PaymentCommands.PaymentCommand], ([command]) => {
    assert.isTrue(Equal.equals(round(PaymentCommands.PaymentCommand, command), command))
  })

  it.prop("every state comes back as it went", { steps: Walk }, ({ steps }) => {
    for (const { after } of walk(steps)) {
      assert.isTrue(Equal.equals(round(PaymentState.PaymentState, after.state), after.state))
    }
  })

  it("every refusal comes back as it went, and says what it says", () => {
    for (const payment of Object.values(Scenario.payments)) {
      for (const command of Object.values(Scenario.commands)) {
        const outcome = payment.when(command)
        if (Result.isSuccess(outcome)) continue
        const refusal = outcome.failure
        assert.include(refusal.message, Scenario.paymentId)
        const received = round(PaymentErrors.PaymentRefusal, refusal)
        assert.deepStrictEqual({ ...received, message: received.message }, { ...refusal, message: refusal.message })
      }
    }
  })

  it("names of stored events and versions stay", () => {
    const names = PaymentEvents.PaymentEvent.members.map((member) => Schema.resolveAnnotations(member)?.["identifier"])
    const stored =
      "PaymentRequested.v1 PaymentAuthorised.v1 CardDeclined.v1 CaptureRequested.v1 PaymentCaptured.v1 " +
      "CaptureDeclined.v1 RefundRequested.v1 PaymentRefunded.v1 FeeNotReturned.v1 RefundDeclined.v1 VoidRequested.v1 " +
      "PaymentVoided.v1 VoidDeclined.v1 PaymentBarred.v1"
    assert.strictEqual(names.join(" "), stored)
    assert.strictEqual(Payment.Payment.category, "payment")
  })
})
