/** A gateway on a free port, and what is behind it: whole services in memory, or servers that do as they are told. */
import type { Hostable } from "@eventfold/orders-api"
import * as InOneProgram from "@eventfold/orders-api/services/InOneProgram"
import { defaultNamespace, ServiceRegistryStatic } from "@eventfold/messaging"
import { Context, Effect, Layer, Logger, References } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest, type HttpMethod, HttpServer } from "effect/http"
import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { type GatewaySettingsShape, layerServer } from "../src/index.ts"

/** Asks over HTTP, as an operator. */
export const ask = Effect.fnUntraced(function* (
  url: string,
  method: HttpMethod.HttpMethod,
  body?: unknown,
  headers: Record<string, string> = {}
) {
  const bare = HttpClientRequest.make(method)(url)
  const text = typeof body === "string" ? body : JSON.stringify(body)
  const sent = body === undefined ? bare : HttpClientRequest.bodyText(bare, text, "application/json")
  const response = yield* HttpClient.execute(HttpClientRequest.setHeaders(sent, { "x-role": "operator", ...headers }))
  const answered = yield* response.text
  const isJson = /json/u.test(response.headers["content-type"] ?? "") && answered !== ""
  const json: unknown = isJson ? JSON.parse(answered) : undefined
  return { status: response.status, headers: response.headers, text: answered, json }
}, Effect.provide(FetchHttpClient.layer))

/**
 * Services in memory that host some contexts each, and share a broker and a registry; until the scope closes. Answers where each
 * context is.
 */
export const services = Effect.fnUntraced(function* (plan: ReadonlyArray<ReadonlyArray<Hostable>>) {
  const { newStore, start } = yield* InOneProgram.make
  const found: Partial<Record<Hostable, string>> = {}
  for (const contexts of plan) {
    const url = yield* start(contexts, yield* newStore)
    for (const context of contexts) found[context] = url
  }
  return found
})

const listening = (server: Server) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<Server>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      () =>
        Effect.callback<void>((resume) => {
          server.close(() => resume(Effect.void))
          server.closeAllConnections()
        })
    ),
    (running) => running.address() as AddressInfo
  )

/** A server that does as it is told; until the scope closes. Answers its address. */
export const serverOf = (listener: RequestListener) =>
  Effect.map(listening(createServer(listener)), ({ port }) => `http://127.0.0.1:${port}`)

/** An address at which nobody listens: that of a server that has just ended. */
export const nobody = Effect.scoped(serverOf(() => undefined))

/** A gateway before services, some of which are at several addresses; until the scope closes. */
export const gateway = Effect.fnUntraced(function* (
  services: Readonly<Record<string, string | ReadonlyArray<string>>>,
  settings: Partial<GatewaySettingsShape> = {}
) {
  const log: Array<string> = []
  const instances = Object.entries(services).flatMap(([name, urls]) =>
    [urls].flat().map((http, index) => ({
      namespace: defaultNamespace,
      service: name,
      instance: `configured-${index}`,
      version: "test",
      endpoints: { http }
    }))
  )
  const logging = Layer.merge(
    Logger.layer([Logger.make((entry) => void log.push(Logger.formatJson.log(entry)))]),
    Layer.succeed(References.MinimumLogLevel, "All")
  )
  const built = yield* Layer.build(
    layerServer(settings).pipe(Layer.provide(ServiceRegistryStatic.layer(instances)), Layer.provide(logging))
  )
  const url = InOneProgram.urlOf(Context.get(built, HttpServer.HttpServer))
  return {
    url,
    log,
    ask: (method: HttpMethod.HttpMethod, path: string, body?: unknown, headers?: Record<string, string>) =>
      ask(`${url}${path}`, method, body, headers)
  }
})
