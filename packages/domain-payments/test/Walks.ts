/**
 * Random walks: sequences of commands to one payment, with a gateway that approves, declines, forgets to answer and
 * answers late, and what becomes of the payment on the way.
 */
import { GatewaySteps, type PaymentCommands, PaymentIds } from "@eventfold/domain-payments"
import { Arbitrary, Option, Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const amounts = Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 600 })))
const refunds = Arbitrary.map(
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 }))),
  (last) => PaymentIds.RefundId.fromUuid(`0190f5a2-7c4e-7b1a-9d3f-00000000000${last}`)
)
const constant = <A>(value: A) => Arbitrary.Constant(value)

const kinds: Record<string, Arbitrary.Arbitrary<PaymentCommands.PaymentCommand>> = {
  authorise: constant(Scenario.authorise),
  take: constant(Scenario.take),
  takeAgain: constant(Scenario.takeAgain(2)),
  capture: constant(Scenario.capture),
  capturePart: Arbitrary.map(amounts, (amount) => Scenario.captureOf(Scenario.eur(amount))),
  refund: constant(Scenario.refund),
  refundPart: Arbitrary.map(Arbitrary.all([amounts, refunds]), ([amount, id]) =>
    Scenario.refundPart(Scenario.eur(amount), id)
  ),
  release: constant(Scenario.release),
  settle: constant(Scenario.settle)
}

/** What the gateway does with the step a payment waits for. */
export type Gateway = "approves" | "declines" | "keeps silent" | "answers later"
const gateway: Arbitrary.Arbitrary<Gateway> = Arbitrary.schema(
  Schema.Literals(["approves", "approves", "approves", "approves", "declines", "keeps silent", "answers later"])
)
const begin = ["take", "authorise", "take", "refund"]
const rest = ["take", "takeAgain", "capture", "capturePart", "refundPart", "refundPart", "refund", "release", "settle"]
const command = (names: ReadonlyArray<string>) =>
  Arbitrary.flatMap(Arbitrary.schema(Schema.Literals(names)), (name) => kinds[name] ?? constant(Scenario.settle))
const step = (names: ReadonlyArray<string>) =>
  Arbitrary.all([command(names), Arbitrary.array(gateway, { maxLength: 3 })])

/** Commands in any order, each with what the gateway does after it. */
export const Walk = Arbitrary.map(
  Arbitrary.all([step(begin), Arbitrary.array(step(rest), { maxLength: 20 })]),
  ([first, others]) => [first, ...others]
)

const resultOf = (asked: GatewaySteps.GatewayStep, approves: boolean): GatewaySteps.GatewayResult => {
  const common = { paymentId: asked.paymentId, occurredAt: Scenario.occurredAt }
  switch (asked._tag) {
    case "Authorise":
      return approves
        ? { ...common, _tag: "Authorised", attempt: asked.attempt, authorisation: `ch_${asked.attempt}` }
        : { ...common, _tag: "AuthoriseDeclined", attempt: asked.attempt, code: "card-refused" }
    case "Capture":
      return approves ? { ...common, _tag: "Captured" } : { ...common, _tag: "CaptureDeclined", code: "other" }
    case "Void":
      return approves ? { ...common, _tag: "Voided" } : { ...common, _tag: "VoidDeclined", code: "already-captured" }
    case "Refund":
      return approves
        ? { ...common, _tag: "Refunded", refundId: asked.refundId, feeKept: Scenario.eur(asked.money.amount % 3) }
        : { ...common, _tag: "RefundDeclined", refundId: asked.refundId, code: "other" }
  }
}

/** Everything a walk met: what was asked or answered, the payment before it, the outcome and the payment after it. */
export const walk = (steps: ReadonlyArray<readonly [PaymentCommands.PaymentCommand, ReadonlyArray<Gateway>]>) => {
  let payment = Scenario.given()
  const late: Array<GatewaySteps.GatewayResult> = []
  const met: Array<{
    readonly asked: PaymentCommands.PaymentCommand | GatewaySteps.GatewayResult
    readonly before: typeof payment
    readonly outcome: ReturnType<(typeof payment)["when"]>
    readonly after: typeof payment
  }> = []
  const take = (asked: PaymentCommands.PaymentCommand | GatewaySteps.GatewayResult) => {
    const before = payment
    const outcome = before.when(asked)
    if (Result.isSuccess(outcome)) payment = Scenario.given(...payment.events, ...outcome.success.events)
    met.push({ asked, before, outcome, after: payment })
  }
  for (const [command, answers] of steps) {
    take(command)
    for (const gateway of answers) {
      const waiting = Option.getOrUndefined(GatewaySteps.next(payment.state))
      if (waiting === undefined || gateway === "keeps silent") continue
      if (gateway === "answers later") late.push(resultOf(waiting, true))
      else take(resultOf(waiting, gateway === "approves"))
    }
    const overdue = late.length > 1 ? late.shift() : undefined
    if (overdue !== undefined) take(overdue)
  }
  return met
}
