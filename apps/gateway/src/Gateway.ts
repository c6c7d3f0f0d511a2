/**
 * The gateway put together: one address for all contexts, whoever serves them.
 *
 * Which HTTP server it is on and who knows where services are is decided outside. Stopping, it takes no new connections, ends
 * answers that would go on for ever and lets the others finish.
 */
import { NodeHttpClient } from "@effect/platform-node"
import type { ServiceRegistry } from "@eventfold/messaging"
import * as Closing from "@eventfold/orders-api/http/Closing"
import * as NodeServer from "@eventfold/orders-api/http/NodeServer"
import { Settings } from "@eventfold/orders-api/Settings"
import { Breakers } from "@eventfold/processes"
import { Effect, Layer } from "effect"
import { HttpRouter, type HttpServer } from "effect/http"
import { Forwarding } from "./Forwarding.ts"
import { GatewayHealth } from "./GatewayHealth.ts"
import { GatewaySettings, serviceSettings, type GatewaySettingsShape } from "./GatewaySettings.ts"
import { Gathering } from "./Gathering.ts"
import * as Routes from "./Routes.ts"
import { Services } from "./Services.ts"
import { Upstream } from "./Upstream.ts"

/** A connection is made within this time, in milliseconds, or another address is tried. */
const connectTimeout = 2_000

/** Requests go out as they are: nothing is followed, unpacked or asked again. */
const client = NodeHttpClient.layerUndiciOptions({ connect: { timeout: connectTimeout } })

const server = HttpRouter.serve(Routes.layer, { disableLogger: true, disableListenLog: true })

/** The gateway on an HTTP server. */
export const layer = Closing.announce.pipe(
  Layer.provideMerge(server),
  Layer.provide(GatewayHealth.layer),
  Layer.provide(Gathering.layer),
  Layer.provide(Forwarding.layer),
  Layer.provide(Upstream.layer),
  Layer.provide([Services.layer, Closing.Closing.layer, client]),
  Layer.provideMerge(
    Layer.unwrap(
      Effect.map(GatewaySettings, ({ breakerFailures, breakerOpenFor }) =>
        Breakers.layer({ failures: breakerFailures, openFor: breakerOpenFor })
      )
    )
  )
)

/** The gateway on a server of its own, as its settings have it: inside of another program too, on any free port by default. */
export const layerServer = (
  given: Partial<GatewaySettingsShape> = {}
): Layer.Layer<HttpServer.HttpServer | Breakers, NodeServer.CannotListen, ServiceRegistry> => {
  const settings = GatewaySettings.make({ port: 0, ...given })
  return layer.pipe(
    Layer.provideMerge(NodeServer.layer),
    Layer.provide(Layer.succeed(GatewaySettings, settings)),
    Layer.provide(Layer.succeed(Settings, serviceSettings(settings)))
  )
}
