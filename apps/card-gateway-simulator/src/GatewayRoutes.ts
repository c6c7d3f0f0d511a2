/**
 * What merchants ask the gateway over HTTP, in the gateway's language, with the trouble of the script; and the vault.
 *
 * `POST /v1/tokens` takes a card, as a browser sends it: no merchant ever does. All else needs the API key.
 */
import { NodeHttpServerRequest } from "@effect/platform-node"
import { GatewayLanguage as Gateway } from "@eventfold/card-gateway"
import { Duration, Effect, Layer, Option, type Redacted, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { type Answer, type ChargeBook, failure } from "./ChargeBook.ts"
import { isAllowed } from "./ApiKey.ts"
import { type Operation, type Troubles } from "./Trouble.ts"
import { CardRequest, tokenFor } from "./Vault.ts"
import { WebhookSender } from "./WebhookSender.ts"

/** What the routes work on; the troubles change with the script. */
export interface Gateway {
  readonly book: ChargeBook
  readonly apiKey: Redacted.Redacted
  readonly troubles: () => Troubles
  /** How long a request that is never answered is held open at most. */
  readonly patience: Duration.Duration
}

const respond = ({ body, status }: Answer) => HttpServerResponse.jsonUnsafe(body, { status })
const malformed = failure(400, "invalid_request_error", "request_malformed", "the request cannot be understood")
const unauthorized = failure(401, "authentication_error", "api_key_invalid", "no such API key")
const ownError = failure(500, "api_error", "internal_error", "something went wrong on our side")
const outOfOrder = failure(503, "api_error", "unavailable", "the gateway is out of order")

/** Breaks the connection: whoever asked learns nothing. */
const hangUp = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  NodeHttpServerRequest.toIncomingMessage(request).socket.destroy()
  return HttpServerResponse.empty()
})

const typeOf = ({ amount_refunded_cents: refunded, status }: Gateway.Charge) =>
  `charge.${refunded > 0 ? "refunded" : status}`

const bodyText = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => request.text)

/** The routes of the gateway. */
export const layer = ({ apiKey, book, patience, troubles }: Gateway) => {
  /**
   * One operation: read, checked, done once per idempotency key, told to the merchant's webhook, with trouble in between.
   * `referenceOf` says which payment it is about, for the script.
   */
  const operation = <A>(
    name: Operation,
    path: `/${string}`,
    schema: Schema.Codec<A, unknown>,
    referenceOf: (body: A, id: string) => string,
    act: (key: string, id: string, body: A, decline: string | undefined) => ReturnType<ChargeBook["reverse"]>
  ) =>
    HttpRouter.add(
      "POST",
      path,
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const { tell } = yield* WebhookSender
        const { id = "" } = yield* HttpRouter.params
        const key = request.headers[Gateway.idempotencyHeader] ?? ""
        if (!isAllowed(apiKey, request)) return respond(unauthorized)
        const text = yield* bodyText
        const decoded = Schema.decodeOption(Schema.fromJsonString(schema))(text)
        if (key === "" || Option.isNone(decoded)) return respond(malformed)
        const body = decoded.value
        const { script, fateOf } = troubles()
        const { delay, trouble } = fateOf(name, referenceOf(body, id))
        if (delay > 0) yield* Effect.sleep(Duration.millis(delay))
        switch (trouble?.kind) {
          case "outage":
            return respond(outOfOrder)
          case "error":
            return respond(ownError)
          case "dropped":
            return yield* hangUp
          case "time_out":
            return yield* Effect.andThen(Effect.sleep(patience), hangUp)
          default: {
            const decline = trouble?.kind === "decline" ? trouble.decline_code : undefined
            const { answer, entries } = book.once(key, `${request.url} ${text}`, () => act(key, id, body, decline))
            for (const entry of entries) {
              if (entry.kind === "charge") yield* tell(typeOf(entry.charge), entry.charge, script.webhook_copies ?? 1)
            }
            return trouble?.kind === "lost_answer" ? yield* hangUp : respond(answer)
          }
        }
      })
    )

  const referenceOfCharge = (_: unknown, id: string) => book.charge(id)?.reference ?? ""
  return Layer.mergeAll(
    operation(
      "authorize",
      "/v1/charges",
      Gateway.ChargeRequest,
      ({ reference }) => reference,
      (key, _, body, decline) => book.authorise(key, body, decline)
    ),
    operation("capture", "/v1/charges/:id/capture", Gateway.AmountRequest, referenceOfCharge, (_, id, body, decline) =>
      book.capture(id, body, decline)
    ),
    operation("refund", "/v1/charges/:id/refunds", Gateway.AmountRequest, referenceOfCharge, (key, id, body, decline) =>
      book.refund(key, id, body, decline)
    ),
    operation(
      "reverse",
      "/v1/reversals",
      Gateway.ReversalRequest,
      ({ reference }) => reference,
      (_, __, body) => book.reverse(body)
    ),
    HttpRouter.add(
      "POST",
      "/v1/tokens",
      Effect.gen(function* () {
        const decoded = Schema.decodeOption(Schema.fromJsonString(CardRequest))(yield* bodyText)
        if (Option.isNone(decoded)) return respond(malformed)
        const card = tokenFor(decoded.value)
        book.addCard(card)
        return respond({ status: 201, body: { id: card.token, object: "token", card: { last4: card.last4 } } })
      })
    )
  )
}
