/**
 * The order service as services behind a gateway, for the examples: each on a store of its own, all in this program.
 *
 * They speak HTTP with each other and with the gateway, and hear of each other by a broker: as processes do, which
 * `npm run services` starts. Who asks knows one address only. A service that is lost takes nothing with it: its store is there
 * when it comes back.
 */
import { Limits } from "@eventfold/domain-fulfilment"
import type { Hostable } from "@eventfold/orders-api"
import * as InOneProgram from "@eventfold/orders-api/services/InOneProgram"
import { layerServer } from "@eventfold/gateway"
import { ServiceRegistry } from "@eventfold/messaging"
import { Clock, Context, Duration, Effect, Exit, Layer, Logger, References, Schedule, Schema, Scope } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpServer } from "effect/http"
import { SecureRandom } from "effect/crypto"
import * as ReadSide from "./ReadSide.ts"
import * as TimeLapse from "./TimeLapse.ts"

const Body = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json))

const quiet = Layer.merge(Logger.layer([]), Layer.succeed(References.MinimumLogLevel, "None"))

/** What was answered. */
export interface Answer {
  readonly status: number
  /** A field of the body as text: nothing where there is none. */
  readonly field: (name: string) => string
}

/** The gateway did not answer as the story needs it. */
export class NotAsItShould extends Schema.TaggedError<NotAsItShould>()("NotAsItShould", {
  asked: Schema.String,
  status: Schema.Int
}) {
  override get message() {
    return `${this.asked} was answered ${this.status}`
  }
}

const send = Effect.fnUntraced(function* (request: HttpClientRequest.HttpClientRequest) {
  const response = yield* HttpClient.execute(HttpClientRequest.setHeader(request, "x-role", "operator"))
  const body = yield* Schema.decodeEffect(Body)(yield* response.text)
  const field = (name: string) => {
    const value = body[name]
    return typeof value === "string" ? value : JSON.stringify(value ?? "")
  }
  return { status: response.status, field } satisfies Answer
}, Effect.provide(FetchHttpClient.layer))

/** Asks somebody at an address. */
export const get = (url: string) => send(HttpClientRequest.get(url))

/**
 * Starts them and a gateway, until the scope closes. Who hosts which contexts is all that differs between plans. The services can live
 * faster than who asks them: `pace` times as fast.
 */
export const behindGateway = Effect.fnUntraced(function* (plan: ReadonlyArray<ReadonlyArray<Hostable>>, pace?: number) {
  const clock = yield* TimeLapse.make(pace ?? 1)
  // Who was lost is asked again after a second, and not after a minute or an hour: nobody wants to wait for a story.
  const settings = {
    fulfilment: "orchestrated" as const,
    fulfilmentLimits: { ...Limits.usual, outageEvery: "1 second" as const },
    breakerOpen: Duration.seconds(1)
  }
  const { newStore, registry, start } = yield* InOneProgram.make
  const scope = yield* Effect.scope
  const running = new Map<Hostable, { readonly url: string; readonly scope: Scope.Closeable }>()

  const run = Effect.fnUntraced(function* (contexts: ReadonlyArray<Hostable>, store: InOneProgram.Store) {
    const own = yield* Scope.fork(scope)
    const started = Effect.provideService(start(contexts, store, settings), Clock.Clock, clock)
    const url = yield* Scope.provide(started, own)
    for (const context of contexts) running.set(context, { url, scope: own })
  })

  const services = yield* Effect.forEach(plan, (contexts) => Effect.map(newStore, (store) => ({ contexts, store })))
  yield* Effect.forEach(services, ({ contexts, store }) => run(contexts, store), { discard: true })
  const gateway = yield* Layer.build(
    Layer.fresh(layerServer({ breakerOpenFor: Duration.seconds(1) })).pipe(
      Layer.provide([Layer.succeed(ServiceRegistry, registry), quiet])
    )
  )
  const address = InOneProgram.urlOf(Context.get(gateway, HttpServer.HttpServer))
  const ask = (path: string) => get(`${address}${path}`)
  return {
    services,
    ask,
    /** Where a context is served, without the gateway. */
    urlOf: (context: Hostable) => running.get(context)?.url ?? "",
    /** A command, which nobody may refuse. It is sent again under the same key while whoever takes it is not there. */
    tell: Effect.fnUntraced(function* (path: string, body: Readonly<Record<string, Schema.Json>>) {
      const key = yield* Effect.sync(() => SecureRandom.uuidV7Unsafe())
      const command = HttpClientRequest.post(`${address}${path}`).pipe(
        HttpClientRequest.setHeader("idempotency-key", key),
        HttpClientRequest.bodyJsonUnsafe(body)
      )
      const answer = yield* Effect.repeat(send(command), {
        until: ({ status }) => status < 500,
        schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: "20 seconds" }))
      })
      if (answer.status >= 300) return yield* new NotAsItShould({ asked: `POST ${path}`, status: answer.status })
      return answer
    }),
    /** Waits until what is at a path has a status. */
    reaches: (path: string, status: string) =>
      ReadSide.until(
        `${path} is ${status}`,
        Effect.map(ask(path), ({ field }) => field("status") === status)
      ),
    /** So much time goes by for the services. */
    passes: (time: Duration.Input) => clock.sleep(Duration.fromInputUnsafe(time)),
    /** The service of a context is gone. The others are told nothing of it. */
    lose: (context: Hostable) =>
      Effect.suspend(() => {
        const found = running.get(context)
        return found === undefined ? Effect.void : Scope.close(found.scope, Exit.void)
      }),
    /** It is there again, on the store that it had. */
    comesBack: (context: Hostable) =>
      Effect.forEach(
        services.filter(({ contexts }) => contexts.includes(context)),
        ({ contexts, store }) => run(contexts, store),
        { discard: true }
      )
  }
})

/** Services behind a gateway. */
export type OrderServices = Effect.Success<ReturnType<typeof behindGateway>>
