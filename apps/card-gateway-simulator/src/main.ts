/**
 * The simulator as a process: `node apps/card-gateway-simulator/src/main.ts`. `PORT` (default 4010) and `HOST` (default
 * 127.0.0.1) are where it listens, `API_KEY` (default `sk_test`) what merchants show, `JOURNAL` the file it keeps what it
 * knows in, `WEBHOOK_URL` and `WEBHOOK_SECRET` whom it tells what happens, and what it signs that with. An empty variable
 * counts as unset.
 *
 * Exit codes: 0 after SIGTERM or SIGINT, 1 when it could not start.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Cause, Config, Console, Effect, Exit, Layer, Option, Redacted } from "effect"
import * as Simulator from "./Simulator.ts"

const text = (name: string) =>
  Effect.map(Config.option(Config.String(name)), (found) => Option.getOrUndefined(found) || undefined)
const secret = (name: string) =>
  Effect.map(text(name), (value) => (value === undefined ? undefined : Redacted.make(value)))

const settings = Effect.all({
  port: Config.withDefault(Config.Port("PORT"), 4010),
  host: Effect.map(text("HOST"), (host = "127.0.0.1") => host),
  apiKey: Effect.map(secret("API_KEY"), (key = Redacted.make("sk_test")) => key),
  journal: text("JOURNAL"),
  webhookUrl: text("WEBHOOK_URL"),
  webhookSecret: secret("WEBHOOK_SECRET")
})

Layer.launch(
  Layer.unwrap(
    Effect.map(settings, ({ webhookSecret, webhookUrl, ...options }) =>
      Layer.effectDiscard(
        Effect.gen(function* () {
          const { tell, url } = yield* Simulator.CardGatewaySimulator
          if (webhookUrl !== undefined && webhookSecret !== undefined) {
            yield* tell({ url: webhookUrl, secret: webhookSecret })
          }
          yield* Console.log(`A card gateway to try against: ${url} (nothing on it is real money)`)
        })
      ).pipe(Layer.provide(Simulator.layer(options)))
    )
  )
).pipe(
  NodeRuntime.runMain({
    teardown: (exit, done) => done(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)
  })
)
