/**
 * The simulator as a layer: an HTTP server of its own, on a port of its own, while the layer lives.
 *
 * What it knows it keeps in a file when it is given one; without one it is gone with the layer. It listens on this machine
 * only, unless it is given another address. `GET /health` needs no API key, and tells nothing but that it is there.
 */
import { createServer } from "node:http"
import { NodeHttpClient, NodeHttpServer } from "@effect/platform-node"
import { ByteSize, Context, Duration, Effect, Layer, type Redacted } from "effect"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import * as AdminRoutes from "./AdminRoutes.ts"
import * as ChargeBook from "./ChargeBook.ts"
import * as GatewayRoutes from "./GatewayRoutes.ts"
import * as Journal from "./Journal.ts"
import * as Trouble from "./Trouble.ts"
import { type Target, WebhookSender } from "./WebhookSender.ts"

/** The largest body of a request: a script of trouble is the largest there is. */
const largestBody = ByteSize.kibibytes(256)

/** How the simulator is run. */
export interface SimulatorOptions {
  /** The port to listen on; any free one when left out. */
  readonly port?: number
  /** The address to listen on; this machine only when left out. `0.0.0.0` is every address, which containers need. */
  readonly host?: string
  /** What merchants show. */
  readonly apiKey: Redacted.Redacted
  /** The file it keeps what it knows in. */
  readonly journal?: string | undefined
  /** The trouble to begin with; none when left out. */
  readonly script?: Trouble.Script
  /** How long a request that is never answered is held open at most. Default a minute. */
  readonly patience?: Duration.Duration
}

/** A running simulator. */
export class CardGatewaySimulator extends Context.Service<
  CardGatewaySimulator,
  {
    /** Its address, without a path. */
    readonly url: string
    /** Follows another script from now on. */
    readonly follow: (script: Trouble.Script) => Effect.Effect<void>
    /** Sends webhooks there from now on; `undefined`: nowhere. */
    readonly tell: (target: Target | undefined) => Effect.Effect<void>
    /** What it knows, to be looked at. */
    readonly book: ChargeBook.ChargeBook
  }
>()("@eventfold/card-gateway-simulator/CardGatewaySimulator") {}

/** A simulator that runs while the layer lives. */
export const layer = ({
  apiKey,
  host = "127.0.0.1",
  journal,
  patience = Duration.minutes(1),
  port = 0,
  script
}: SimulatorOptions) =>
  Layer.effect(
    CardGatewaySimulator,
    Effect.gen(function* () {
      const { entries, keep } = yield* Effect.sync(() => Journal.open(journal))
      const book = ChargeBook.open(entries, keep)
      let troubles = Trouble.make(script ?? Trouble.none)
      const follow = (next: Trouble.Script) => {
        troubles = Trouble.make(next)
      }
      const routes = Layer.mergeAll(
        HttpRouter.add("GET", "/health", HttpServerResponse.jsonUnsafe({ status: "up" })),
        GatewayRoutes.layer({ book, apiKey, patience, troubles: () => troubles }),
        AdminRoutes.layer({ book, apiKey, follow, script: () => troubles.script })
      )
      const sender = yield* WebhookSender
      const context = yield* Layer.build(
        Layer.provideMerge(
          HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
            Layer.provide(Layer.succeed(WebhookSender, sender))
          ),
          Layer.merge(
            Layer.fresh(NodeHttpServer.layer(() => createServer(), { host, port })),
            Layer.succeed(HttpServerRequest.MaxBodySize, largestBody)
          )
        )
      )
      const { address } = Context.get(context, HttpServer.HttpServer)
      return {
        url: address._tag === "UnixPathAddress" ? address.path : `http://127.0.0.1:${address.port}`,
        book,
        follow: (next) => Effect.sync(() => follow(next)),
        tell: sender.aim
      }
    })
  ).pipe(Layer.provide(WebhookSender.layer), Layer.provide(NodeHttpClient.layerUndici))
