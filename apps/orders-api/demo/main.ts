/**
 * `npm run demo`: replays 553 real orders against a running service and checks what comes of it.
 *
 * `BASE_URL` is where the service is, http://127.0.0.1:3000 when it is not set; `SAMPLES` names another folder with the
 * same CSV files. The card gateway is asked, too, where `CARD_GATEWAY_URL` and `CARD_GATEWAY_KEY` say where it is, or the
 * `DATA_DIR` of the service does, as they are set for the service. Ends with exit code 0 when the service agrees with the files, and with 1 otherwise.
 */
import { NodeCrypto, NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { Config, Console, Effect, Layer, Option, Path, Runtime, Schema } from "effect"
import { HttpClient } from "effect/http"
import * as Demo from "./Demo.ts"
import * as GatewayFound from "./GatewayFound.ts"

/** A variable that breaks its rule. */
class WrongSetting extends Schema.TaggedError<WrongSetting>()("WrongSetting", {
  variable: Schema.String,
  rule: Schema.String,
  found: Schema.String
}) {
  override get message() {
    return `${this.variable} ${this.rule}, not ${JSON.stringify(this.found)}`
  }
}

/** The demo has said what is wrong: nobody needs to say it again. */
class Told extends Schema.TaggedError<Told>()("Told", {}) {
  override readonly [Runtime.errorReported] = false
}

const settings = Config.all({
  baseUrl: Config.withDefault(Config.String("BASE_URL"), "http://127.0.0.1:3000"),
  samples: Config.option(Config.String("SAMPLES")),
  dataDir: Config.withDefault(Config.String("DATA_DIR"), ".eventfold/data"),
  gatewayUrl: Config.option(Config.String("CARD_GATEWAY_URL")),
  gatewayKey: Config.option(Config.Redacted("CARD_GATEWAY_KEY"))
})

const demo = Effect.gen(function* () {
  const path = yield* Path.Path
  const httpClient = yield* HttpClient.HttpClient
  const { baseUrl: address, samples, ...places } = yield* settings
  const baseUrl = URL.parse(address)
  if (baseUrl === null || !/^https?:$/u.test(baseUrl.protocol)) {
    const rule = "must be the address of a service, as http://127.0.0.1:3000"
    return yield* new WrongSetting({ variable: "BASE_URL", rule, found: address })
  }
  const folder = Option.isSome(samples)
    ? samples.value
    : path.relative(path.resolve(), yield* path.fromFileUrl(new URL("../samples/northwind", import.meta.url)))
  const gateway = GatewayFound.find({ baseUrl, ...places }).pipe(
    Effect.provideService(HttpClient.HttpClient, httpClient)
  )
  const waits = { firstContact: "20 seconds", patience: "30 seconds", endWithin: "3 minutes" } as const
  yield* Demo.run({ baseUrl, folder, gateway, ...waits })
})

demo.pipe(
  Effect.catch(({ message }) => Effect.andThen(Console.error(`\n${message}`), Effect.fail(new Told()))),
  Effect.provide(Layer.mergeAll(NodeServices.layer, NodeCrypto.layerDigest, NodeHttpClient.layerUndici)),
  NodeRuntime.runMain
)
