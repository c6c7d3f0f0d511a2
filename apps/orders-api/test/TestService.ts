/** The service on a free port, asked over real HTTP, with its log kept for looking at. */
import type { ServiceRegistry } from "@eventfold/messaging"
import { Context, Effect, Layer, Logger, References } from "effect"
import { FetchHttpClient, type Headers, HttpClient, HttpClientRequest, type HttpMethod, HttpServer } from "effect/http"
import * as GatewayAccess from "../src/gateway/GatewayAccess.ts"
import * as NodeServer from "../src/http/NodeServer.ts"
import type { Subscribers } from "../src/messaging/Subscribers.ts"
import { GivenRegistry } from "../src/services/Registry.ts"
import * as Service from "../src/Service.ts"
import { Settings, type SettingsShape } from "../src/Settings.ts"
import { Json } from "./Json.ts"

/** What came back. */
export interface Answer {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: Headers.Headers
  readonly text: string
  /** The body as JSON; undefined inside when it is something else. */
  readonly body: Json
}

/** What to send. A string is sent as it is, anything else as JSON. */
export interface Request {
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

/** Asks a service over HTTP, as an operator unless the headers say otherwise. A connection that fails is a defect. */
export const ask = Effect.fnUntraced(
  function* (url: string, method: HttpMethod.HttpMethod, path: string, { body, headers = {} }: Request = {}) {
    const bare = HttpClientRequest.make(method)(`${url}${path}`)
    const text = typeof body === "string" ? body : JSON.stringify(body)
    const sent = body === undefined ? bare : HttpClientRequest.bodyText(bare, text, "application/json")
    const response = yield* HttpClient.execute(HttpClientRequest.setHeaders(sent, { "x-role": "operator", ...headers }))
    const answer = yield* response.text
    const isJson = /json/u.test(response.headers["content-type"] ?? "") && answer !== ""
    return {
      status: response.status,
      headers: response.headers,
      text: answer,
      body: isJson ? Json.parse(answer) : new Json(undefined)
    } satisfies Answer
  },
  Effect.provide(FetchHttpClient.layer),
  Effect.orDie
)

/** The service on a free port. */
export class TestService extends Context.Service<
  TestService,
  {
    readonly url: string
    readonly port: number
    /** Every line of the log so far, as JSON. */
    readonly log: ReadonlyArray<string>
    readonly request: (method: HttpMethod.HttpMethod, path: string, request?: Request) => Effect.Effect<Answer>
  }
>()("@eventfold/orders-api/TestService") {
  /** A new service, in memory unless other ports are given. */
  static layer<E = never, R = never>(
    options: {
      readonly settings?: Partial<SettingsShape>
      readonly ports?: Layer.Layer<Service.Ports, E, R>
      /** A card gateway in memory unless another is given. */
      readonly gateway?: Layer.Layer<GatewayAccess.Gateway>
      /** Those of the service unless others are given; messaging must be on in the settings. */
      readonly subscribers?: Subscribers
      /** Who knows where other contexts are served; what the settings name unless another is given. */
      readonly registry?: ServiceRegistry["Service"]
    } = {}
  ) {
    const ports: Layer.Layer<Service.Ports, E, R> = options.ports ?? Layer.fresh(Service.portsMemory)
    const log: Array<string> = []
    const logging = Layer.merge(
      Logger.layer([Logger.make((entry) => void log.push(Logger.formatJson.log(entry)))]),
      Layer.succeed(References.MinimumLogLevel, "All")
    )
    return Layer.effect(
      TestService,
      Effect.map(HttpServer.HttpServer, ({ address }) => {
        const port = address._tag === "UnixPathAddress" ? 0 : address.port
        const url = `http://127.0.0.1:${port}`
        return { url, port, log, request: (method, path, request) => ask(url, method, path, request) }
      })
    ).pipe(
      Layer.provideMerge(Service.layerWith(options.subscribers)),
      Layer.provide(options.gateway ?? GatewayAccess.layerMemory()),
      Layer.provideMerge(NodeServer.layer),
      Layer.provideMerge(ports),
      Layer.provide(Layer.succeed(GivenRegistry, options.registry)),
      Layer.provide(Layer.succeed(Settings, Settings.make({ port: 0, ...options.settings }))),
      Layer.provideMerge(logging)
    )
  }
}

/** Asks the service of the test. */
export const request = (method: HttpMethod.HttpMethod, path: string, options?: Request) =>
  Effect.flatMap(TestService, (service) => service.request(method, path, options))
