/**
 * The simulator as a process: `node apps/card-gateway-simulator/src/main.ts`. `PORT` (default 4010) is where it listens,
 * `API_KEY` (default `sk_test`) what merchants show, `JOURNAL` the file it keeps what it knows in.
 */
import { NodeRuntime } from "@effect/platform-node"
import { Config, Console, Effect, Layer, Option, Redacted } from "effect"
import * as Simulator from "./Simulator.ts"

const settings = Effect.all({
  port: Config.withDefault(Config.Port("PORT"), 4010),
  apiKey: Config.withDefault(Config.Redacted("API_KEY"), Redacted.make("sk_test")),
  journal: Config.option(Config.String("JOURNAL"))
})

const announced = Layer.effectDiscard(
  Effect.flatMap(Simulator.CardGatewaySimulator, ({ url }) =>
    Console.log(`A card gateway to try against: ${url} (nothing on it is real money)`)
  )
)

Layer.launch(
  Layer.unwrap(
    Effect.map(settings, ({ apiKey, journal, port }) =>
      Layer.provide(announced, Simulator.layer({ port, apiKey, journal: Option.getOrUndefined(journal) }))
    )
  )
).pipe(NodeRuntime.runMain)
