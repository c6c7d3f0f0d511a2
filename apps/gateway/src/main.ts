/**
 * The gateway as a process. `npm run gateway` runs it; the environment configures it (docs/configuration.md).
 *
 * Exit codes: 0 after SIGTERM or SIGINT, when requests in flight have finished; 1 when it could not start or could not stop in
 * time, with the reason in plain words on standard error.
 */
// First: it compiles the schemas that are declared after it.
import "effect/schema/SchemaJITCompiler/enable"
import { NodeRuntime } from "@effect/platform-node"
import * as LastResort from "@eventfold/orders-api/LastResort"
import * as Logging from "@eventfold/orders-api/Logging"
import { layerRegistry } from "@eventfold/orders-api/ServiceSettings"
import { Settings } from "@eventfold/orders-api/Settings"
import { Cause, Console, Effect, Exit, Layer } from "effect"
import { HttpServer } from "effect/http"
import * as Gateway from "./Gateway.ts"
import { GatewaySettings, type GatewaySettingsShape, serviceSettings } from "./GatewaySettings.ts"

const banner = ({ logFormat, serviceRegistry, services }: GatewaySettingsShape) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      const url = HttpServer.formatAddress(address)
      const behind =
        serviceRegistry === "nats"
          ? "as NATS knows them"
          : services.map(({ endpoints, service }) => `${service} at ${endpoints["http"] ?? "nowhere"}`).join(", ")
      yield* logFormat === "json"
        ? Effect.annotateLogs(Effect.logInfo("the gateway is ready"), { url, behind })
        : Console.log(
            `\neventfold gateway\n\n  API        ${url}\n  Docs       ${url}/docs\n  Health     ${url}/health\n  Services   ${behind}\n`
          )
      yield* Effect.addFinalizer(() => Effect.logInfo("the gateway stops: it finishes what it has begun"))
    })
  )

const gateway = Layer.unwrap(
  Effect.map(GatewaySettings.load, (settings) =>
    Layer.merge(
      banner(settings),
      LastResort.layer(settings.shutdownTimeout, "because an answer did not come to its end")
    ).pipe(
      Layer.provide(Gateway.layerServer(settings)),
      Layer.provide(layerRegistry(settings)),
      Layer.provideMerge(Logging.layer),
      Layer.provide(Layer.succeed(Settings, serviceSettings(settings)))
    )
  )
)

Layer.launch(gateway).pipe(
  Effect.tapCause((cause) => {
    if (Cause.hasInterruptsOnly(cause)) return Effect.void
    const messages = Cause.prettyErrors(cause).map(({ message }) => message)
    return Console.error(Cause.hasDies(cause) ? Cause.pretty(cause) : messages.join("\n"))
  }),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit, done) => done(Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause) ? 0 : 1)
  })
)
