/**
 * The endpoint for what the card gateway tells by itself: checked to be from it, then the payment is brought to its end.
 *
 * A webhook is believed in nothing but that something has happened to a payment. The command it leads to has an id made of
 * the webhook's, so one that comes twice is handled once. A payment nobody knows here is no reason to have it sent again.
 */
import { Webhooks } from "@eventfold/card-gateway"
import { NameId } from "@eventfold/decider"
import { PaymentCommands } from "@eventfold/domain-payments"
import { CommandBus } from "@eventfold/event-store"
import { DateTime, Effect } from "effect"
import type { HttpServerRequest } from "effect/http"
import { GatewayAccess } from "../gateway/GatewayAccess.ts"
import { Settings } from "../Settings.ts"
import { CorrelationId } from "./CorrelationId.ts"
import { unavailable } from "./CommandProblems.ts"
import * as PaymentProblems from "./PaymentProblems.ts"

/** Handles a webhook, over the bus. */
export const handler = Effect.gen(function* () {
  const commands = yield* CommandBus
  const { webhookSecret } = yield* GatewayAccess
  const { tenant } = yield* Settings

  return Effect.fnUntraced(function* ({
    headers,
    request
  }: {
    readonly headers: { readonly "gateway-signature"?: string }
    readonly request: HttpServerRequest.HttpServerRequest
  }) {
    if (webhookSecret === undefined) return yield* refused("This service has no secret to check webhooks with.")
    const now = yield* DateTime.now
    const seconds = Math.floor(now.epochMilliseconds / 1000)
    // The body is read already, so it is there: what is signed is its text, not what it says.
    const text = yield* Effect.orDie(request.text)
    const hint = Webhooks.read(webhookSecret, text, headers["gateway-signature"], seconds)
    if (hint instanceof Webhooks.WebhookRefused) return yield* refused(`Because of this: ${hint.reason}.`)
    if (hint === undefined) return
    const id = NameId.make("webhook", hint.id)
    const { paymentId } = hint
    const payload = { _tag: "SettlePayment", paymentId, occurredAt: now } as const
    const metadata = { correlationId: yield* CorrelationId, actor: "card-gateway" }
    yield* commands.dispatch(PaymentCommands.settlePayment, { id, tenant, payload, metadata }).pipe(
      Effect.catchTags({
        PaymentNotFound: () => Effect.logDebug("a webhook is about a payment that nobody knows here"),
        // The gateway sends it again.
        OutsideFailure: () => unavailable("outside", "The card gateway did not answer."),
        EventStoreFailure: () => unavailable("store", "The store could not be reached or did not answer."),
        TooManyConflicts: () => unavailable("conflicts", "Others keep changing the same.")
      }),
      Effect.catchIf((error) => error._tag !== "Unavailable", Effect.die)
    )
  })
})

const refused = (detail: string) => Effect.fail(new PaymentProblems.WebhookRefused({ detail }))
