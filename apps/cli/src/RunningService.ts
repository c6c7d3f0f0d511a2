/** The order service that runs somewhere, for commands that only it can carry out. */
import { Api } from "@eventfold/orders-api"
import { Config, Effect, Option, Schema } from "effect"
import { FetchHttpClient, HttpClientError } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { OptionRefused } from "./Options.ts"

/** Nobody answers there, or the service says no. */
export class ServiceRefused extends Schema.TaggedError<ServiceRefused>()("ServiceRefused", {
  url: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `the service at ${this.url}: ${this.reason}`
  }
}

/** Where the service is: `--url`, or else `BASE_URL`, or else where `npm start` puts it. */
export const urlOf = Effect.fnUntraced(function* (
  given: Option.Option<string>
): Effect.fn.Return<URL, OptionRefused | Config.ConfigError> {
  const fromEnvironment = yield* Config.option(Config.String("BASE_URL"))
  const text = Option.getOrElse(given, () => Option.getOrElse(fromEnvironment, () => ""))
  const url = text === "" ? "http://127.0.0.1:3000" : text
  if (URL.canParse(url) && /^https?:$/u.test(new URL(url).protocol)) return new URL(url)
  return yield* new OptionRefused({ option: "--url", rule: "must be a URL such as http://127.0.0.1:3000" })
})

/** A typed client of the service. */
export const client = (url: URL) => Effect.provide(HttpApiClient.make(Api, { baseUrl: url }), FetchHttpClient.layer)

/** Whatever goes wrong with a call, in the service's own words where it has some. */
export const expectService =
  (url: URL) =>
  <A, E extends { readonly message: string }, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, ServiceRefused, R> =>
    Effect.mapError(call, (error) => new ServiceRefused({ url: url.origin, reason: wordsOf(error) }))

const wordsOf = (error: { readonly message: string }): string => {
  if (HttpClientError.isHttpClientError(error) && error.reason._tag === "TransportError") return "nobody answers there"
  const { detail } = problemOf(error)
  return detail ?? (error.message === "" ? "no answer" : error.message)
}

const problemOf = Schema.decodeUnknownSync(Schema.Struct({ detail: Schema.optional(Schema.String) }))
