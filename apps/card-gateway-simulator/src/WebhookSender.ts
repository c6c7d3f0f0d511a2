/**
 * Tells a merchant what has happened: signed, in the order in which it happened, as many copies as the script says.
 *
 * A merchant who does not answer is tried five times, with growing pauses; then the webhook is given up. At most
 * {@link mostWaiting} wait to be sent: beyond that new ones are dropped, as a merchant may miss any webhook.
 */
import { randomUUID } from "node:crypto"
import { type GatewayLanguage as Gateway, Webhooks } from "@eventfold/card-gateway"
import { signatureHeader } from "@eventfold/card-gateway/GatewayLanguage"
import { Clock, Context, Effect, Layer, Queue, type Redacted, Schedule } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"

/** How many webhooks can wait. */
export const mostWaiting = 10_000

/** Where webhooks go, and what they are signed with. */
export interface Target {
  readonly url: string
  readonly secret: Redacted.Redacted
}

/** Tells a merchant what has happened. */
export class WebhookSender extends Context.Service<
  WebhookSender,
  {
    /** Has a merchant told from now on; `undefined`: nobody. */
    readonly aim: (target: Target | undefined) => Effect.Effect<void>
    /** Has the merchant told of a charge, so many times. */
    readonly tell: (type: string, charge: Gateway.Charge, copies: number) => Effect.Effect<void>
  }
>()("@eventfold/card-gateway-simulator/WebhookSender") {
  /** Sends while the layer lives. */
  static readonly layer: Layer.Layer<WebhookSender, never, HttpClient.HttpClient> = Layer.effect(
    WebhookSender,
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const waiting = yield* Queue.dropping<{ readonly target: Target; readonly body: string }>(mostWaiting)
      let target: Target | undefined

      const send = Effect.fnUntraced(function* ({ body, target }: { readonly target: Target; readonly body: string }) {
        const seconds = Math.floor((yield* Clock.currentTimeMillis) / 1000)
        const request = HttpClientRequest.post(target.url).pipe(
          HttpClientRequest.setHeader(signatureHeader, Webhooks.sign(target.secret, body, seconds)),
          HttpClientRequest.bodyText(body, "application/json")
        )
        const answered = Effect.flatMap(client.execute(request), HttpClientResponse.filterStatusOk)
        yield* Effect.timeout(answered, "10 seconds")
      })
      const patience = Schedule.exponential("100 millis").pipe(Schedule.upTo({ times: 4 }))
      const delivered = (webhook: { readonly target: Target; readonly body: string }) =>
        Effect.retry(send(webhook), patience).pipe(
          Effect.catch((error) => Effect.logDebug(`the simulator gives a webhook up: ${error.message}`))
        )
      yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(waiting), delivered)))

      return {
        aim: (next) =>
          Effect.sync(() => {
            target = next
          }),
        tell: Effect.fnUntraced(function* (type, charge, copies) {
          if (target === undefined) return
          const created = Math.floor((yield* Clock.currentTimeMillis) / 1000)
          const event: Gateway.WebhookEvent = {
            id: `evt_${randomUUID()}`,
            object: "event",
            type,
            created,
            data: { object: charge }
          }
          const webhook = { target, body: JSON.stringify(event) }
          for (let copy = 0; copy < copies; copy += 1) yield* Queue.offer(waiting, webhook)
        })
      }
    })
  )
}
