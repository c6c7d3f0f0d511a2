/**
 * The card gateway over HTTP: asks in the gateway's language, and answers in ours.
 *
 * Guarantees: every request ends within the time limit; every one that changes something carries its idempotency key;
 * whatever comes back is an answer, `GatewayDeclined` or `GatewayUnavailable`. An answer that does not fit what was asked
 * (another amount, another currency) is `unexpected`, never taken for granted.
 *
 * Gotcha: nothing is tried again here. Who sends the command knows how long it may take: a saga, a process, a person.
 */
import { CardGateway } from "@eventfold/domain-payments"
import type { PaymentId } from "@eventfold/domain-payments/PaymentIds"
import type { Money } from "@eventfold/shared-kernel"
import { Duration, Effect, Equal, Layer, Option, type Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import * as Gateway from "./GatewayLanguage.ts"
import * as Translation from "./Translation.ts"

/** How the gateway is reached. */
export interface GatewayOptions {
  /** Its address, without a path. */
  readonly url: string
  /** What it knows us by. */
  readonly apiKey: Redacted.Redacted
  /** How long a request may take. Default 10 seconds. */
  readonly timeLimit?: Duration.Duration
}

const asFailure = Schema.decodeUnknownOption(Gateway.Failure)

/** The card gateway at an address. */
export const layer = ({
  apiKey,
  timeLimit = Duration.seconds(10),
  url
}: GatewayOptions): Layer.Layer<CardGateway.CardGateway, never, HttpClient.HttpClient> =>
  Layer.effect(
    CardGateway.CardGateway,
    Effect.gen(function* () {
      const client = (yield* HttpClient.HttpClient).pipe(
        HttpClient.mapRequest((request) =>
          request.pipe(
            HttpClientRequest.prependUrl(url),
            HttpClientRequest.bearerToken(apiKey),
            HttpClientRequest.acceptJson
          )
        )
      )

      /** Asks, and reads what is answered as `schema` has it. */
      const ask = Effect.fnUntraced(function* <A, I>(
        { key, paymentId }: CardGateway.GatewayRequest,
        path: string,
        body: object,
        schema: Schema.Codec<A, I>
      ) {
        const unavailable = (problem: CardGateway.GatewayUnavailable["problem"]) => () =>
          new CardGateway.GatewayUnavailable({ paymentId, problem })
        const request = HttpClientRequest.post(path).pipe(
          HttpClientRequest.setHeader(Gateway.idempotencyHeader, key),
          HttpClientRequest.bodyJsonUnsafe(body)
        )
        return yield* client.execute(request).pipe(
          Effect.mapError(unavailable("unreachable")),
          Effect.flatMap((response) => read(paymentId, response, schema)),
          Effect.timeoutOrElse({ duration: timeLimit, orElse: () => Effect.fail(unavailable("timeout")()) })
        )
      })

      const cents = ({ paymentId }: CardGateway.GatewayRequest, money: Money.Money) =>
        Effect.mapError(
          Effect.fromOption(Translation.centsOf(money)),
          () => new CardGateway.GatewayDeclined({ paymentId, code: "amount-not-supported" })
        )

      return {
        authorise: Effect.fn("CardGateway.authorise")(function* (request) {
          const body: Gateway.ChargeRequest = {
            amount_cents: yield* cents(request, request.money),
            currency: Translation.currencyCode(request.money.currency),
            source: request.token,
            reference: request.paymentId,
            capture: false
          }
          const charge = yield* ask(request, "/v1/charges", body, Gateway.Charge)
          yield* mustBe(request, charge.amount_cents, charge.currency, request.money)
          return { authorisation: charge.id }
        }),
        capture: Effect.fn("CardGateway.capture")(function* (request) {
          const path = `/v1/charges/${request.authorisation}/capture`
          const body = { amount_cents: yield* cents(request, request.money) }
          const charge = yield* ask(request, path, body, Gateway.Charge)
          yield* mustBe(request, charge.amount_captured_cents, charge.currency, request.money)
        }),
        refund: Effect.fn("CardGateway.refund")(function* (request) {
          const path = `/v1/charges/${request.authorisation}/refunds`
          const body = { amount_cents: yield* cents(request, request.money) }
          const refund = yield* ask(request, path, body, Gateway.Refund)
          yield* mustBe(request, refund.amount_cents, refund.currency, request.money)
          const feeKept = Translation.feeOf(refund.fee_kept_cents, refund.currency)
          return Option.isSome(feeKept) ? { feeKept: feeKept.value } : yield* unexpected(request)
        }),
        void: Effect.fn("CardGateway.void")(function* (request) {
          yield* ask(request, "/v1/reversals", { reference: request.paymentId }, Gateway.Reversal)
        })
      }
    })
  )

const unexpected = ({ paymentId }: CardGateway.GatewayRequest) =>
  Effect.fail(new CardGateway.GatewayUnavailable({ paymentId, problem: "unexpected" }))

/** What was answered is what was asked for. */
const mustBe = (request: CardGateway.GatewayRequest, cents: number, currency: string, money: Money.Money) =>
  Equal.equals(Translation.moneyOf(cents, currency), Option.some(money)) ? Effect.void : unexpected(request)

const read = <A, I>(
  paymentId: PaymentId,
  response: HttpClientResponse.HttpClientResponse,
  schema: Schema.Codec<A, I>
): Effect.Effect<A, CardGateway.GatewayError> => {
  const { status } = response
  const unavailable = (problem: CardGateway.GatewayUnavailable["problem"]) => () =>
    new CardGateway.GatewayUnavailable({ paymentId, problem })
  // An answer that breaks off is a connection that broke, whatever its status.
  const text = Effect.mapError(response.text, unavailable("unreachable"))
  const json = Effect.map(text, Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json)))
  return status >= 200 && status < 300
    ? Effect.flatMap(json, (found) =>
        Effect.mapError(Schema.decodeUnknownEffect(schema)(Option.getOrNull(found)), unavailable("unexpected"))
      )
    : Effect.flatMap(json, (found) =>
        Effect.fail(Translation.errorOf(paymentId, status, Option.flatMap(found, asFailure)))
      )
}
