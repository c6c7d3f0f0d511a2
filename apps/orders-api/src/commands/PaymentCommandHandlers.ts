/**
 * Handles the commands of the payments context: each payment is an aggregate with a stream of its own, and behind it there is
 * a card gateway.
 *
 * Guarantees: what is to be asked of the gateway is stored before it is asked, and its answer after, each in a transaction
 * of its own, and the gateway is asked in none. Broken off anywhere in between, a payment is brought to its end by the next
 * command on it, whichever that is, under the same keys: so money is taken once. Two who bring it to its end at the same
 * moment do nothing twice.
 *
 * Gotcha: a command that names a version is refused when it is repeated after it was broken off, because its beginning is
 * stored. Repeat it without the version, or send `SettlePayment`.
 */
import type { Message } from "@eventfold/decider"
import {
  CardGateway,
  GatewaySteps,
  Payment,
  PaymentCommands,
  type PaymentErrors,
  type PaymentState
} from "@eventfold/domain-payments"
import {
  CommandBus,
  CommandHandler,
  type CommandServices,
  type EventMetadata,
  OutsideFailure,
  type StreamId
} from "@eventfold/event-store"
import { type DateTime, DateTime as Time, Effect, Option } from "effect"
import { streamOf } from "../PaymentStreamId.ts"

const payments = CommandHandler.make(Payment.Payment)

/** How many steps a payment can wait for, one after the other: its refunds, and some before them. */
const mostSteps = 110

/** A step that a gateway could not be asked for. */
const failed = (error: CardGateway.GatewayUnavailable) =>
  new OutsideFailure({
    system: "the card gateway",
    retryable: error.problem !== "refused-us",
    detail: error.message,
    cause: error
  })

/** Asks the gateway for a step; what it declines is an answer, too. */
const ask = (step: GatewaySteps.GatewayStep) =>
  Effect.gen(function* () {
    const gateway = yield* CardGateway.CardGateway
    const { paymentId } = step
    const noted = (occurredAt: DateTime.Utc) => ({ paymentId, occurredAt })
    const answered = <A>(asked: Effect.Effect<A, CardGateway.GatewayError>) =>
      asked.pipe(
        Effect.map((answer) => ({ answer })),
        Effect.catchTag("GatewayDeclined", ({ code }) => Effect.succeed({ code })),
        Effect.mapError(failed)
      )
    switch (step._tag) {
      case "Authorise": {
        const outcome = yield* answered(gateway.authorise(step))
        const common = { ...noted(yield* Time.now), attempt: step.attempt }
        return "code" in outcome
          ? ({ ...common, _tag: "AuthoriseDeclined", code: outcome.code } satisfies GatewaySteps.GatewayResult)
          : ({ ...common, _tag: "Authorised", ...outcome.answer } satisfies GatewaySteps.GatewayResult)
      }
      case "Capture": {
        const outcome = yield* answered(gateway.capture(step))
        const common = noted(yield* Time.now)
        return "code" in outcome
          ? ({ ...common, _tag: "CaptureDeclined", code: outcome.code } satisfies GatewaySteps.GatewayResult)
          : ({ ...common, _tag: "Captured" } satisfies GatewaySteps.GatewayResult)
      }
      case "Refund": {
        const outcome = yield* answered(gateway.refund(step))
        const common = { ...noted(yield* Time.now), refundId: step.refundId }
        return "code" in outcome
          ? ({ ...common, _tag: "RefundDeclined", code: outcome.code } satisfies GatewaySteps.GatewayResult)
          : ({ ...common, _tag: "Refunded", ...outcome.answer } satisfies GatewaySteps.GatewayResult)
      }
      case "Void": {
        const outcome = yield* answered(gateway.void(step))
        const common = noted(yield* Time.now)
        return "code" in outcome
          ? ({ ...common, _tag: "VoidDeclined", code: outcome.code } satisfies GatewaySteps.GatewayResult)
          : ({ ...common, _tag: "Voided" } satisfies GatewaySteps.GatewayResult)
      }
    }
  })

/** Asks the gateway for one step after the other, and stores each answer, until the payment waits for nothing more. */
const settle = Effect.fnUntraced(function* (
  stream: StreamId.StreamId,
  begun: { readonly state: PaymentState.PaymentState; readonly version: number },
  metadata: EventMetadata | undefined
) {
  let { state, version } = begun
  for (let steps = 0; steps < mostSteps; steps += 1) {
    const step = GatewaySteps.next(state)
    if (Option.isNone(step)) return { state, version }
    const result = yield* ask(step.value)
    const noted = yield* payments.handle(stream, result, metadata === undefined ? {} : { metadata })
    state = noted.state
    version = noted.version
  }
  return yield* new OutsideFailure({
    system: "the card gateway",
    retryable: true,
    detail: `after ${mostSteps} steps the payment waits for one more`
  })
})

const handler = <P extends PaymentCommands.PaymentCommand>(
  command: Message.Command<string, P, PaymentCommands.PaymentAnswer, PaymentErrors.PaymentRefusal>
) =>
  CommandBus.outside<
    P,
    PaymentCommands.PaymentAnswer,
    PaymentErrors.PaymentRefusal,
    CommandServices | CardGateway.CardGateway
  >(
    command,
    Effect.fnUntraced(function* ({ payload, tenant, ...rest }) {
      const stream = streamOf(tenant, payload.paymentId)
      const begun = yield* payments.handle(stream, payload, rest)
      const { state, version } = yield* settle(stream, begun, rest.metadata)
      return yield* Effect.fromResult(Payment.outcomeOf(payload, state, version))
    })
  )

/** The handlers of the commands on payments. */
export const handlers = [
  handler(PaymentCommands.authorisePayment),
  handler(PaymentCommands.takePayment),
  handler(PaymentCommands.capturePayment),
  handler(PaymentCommands.refundPayment),
  handler(PaymentCommands.refundPart),
  handler(PaymentCommands.voidPayment),
  handler(PaymentCommands.settlePayment)
]
